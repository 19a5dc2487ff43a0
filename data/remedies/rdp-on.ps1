# remedy: rdp-on
# for: rdp-disabled
# where: server
# system: windows
# order: 5
# with: registry
# risk: low
# title: switch Remote Desktop on
# why: Any of six values can keep the listener shut: fDenyTSConnections, TSEnabled, TSUserEnabled, TSServerDrainMode, and the
#    listener's own fEnableWinStation and fLogonDisabled. Only those that are wrong are set. NLA is left as it is.
# when: the host is up, TermService runs, and look shows a wrong value
# needs: an elevated PowerShell on the server
# saves: the six values, in ProgramData\rdpwhy\rdp-on
# reverts: undo writes the six values back, and removes those that did not exist
# restarts: nothing; if the port stays shut, restart TermService (termservice-restart)
# unconfirmed: that no restart is needed (Microsoft's page restarts the machine)
# source: ms-vm-general ms-general
#: setup
$server = 'HKLM:\SYSTEM\CurrentControlSet\Control\Terminal Server'
$values = @(
    @{ Path = $server; Name = 'fDenyTSConnections'; Kind = 'DWord'; Want = 0 }
    @{ Path = $server; Name = 'TSEnabled'; Kind = 'DWord'; Want = 1; Absent = $true }
    @{ Path = $server; Name = 'TSUserEnabled'; Kind = 'DWord'; Want = 0; Absent = $true }
    @{ Path = $server; Name = 'TSServerDrainMode'; Kind = 'DWord'; Want = 0; Absent = $true }
    @{ Path = "$server\WinStations\RDP-Tcp"; Name = 'fEnableWinStation'; Kind = 'DWord'; Want = 1; Absent = $true }
    @{ Path = "$server\WinStations\RDP-Tcp"; Name = 'fLogonDisabled'; Kind = 'DWord'; Want = 0; Absent = $true }
)
# A policy wins over the value, and comes back at every refresh: it has to be changed where it is made.
function Assert-NoPolicy {
    $forced = Read-Value 'HKLM:\SOFTWARE\Policies\Microsoft\Windows NT\Terminal Services' 'fDenyTSConnections'
    if ($forced.Existed -and $forced.Value -ne 0) { Stop-Run failed 'a policy forbids Remote Desktop (fDenyTSConnections); find it with: gpresult /h report.html' }
}
#: look
Assert-Admin
$wrong = @(Find-Wrong)
Assert-NoPolicy
if ($wrong.Count -eq 0) { Stop-Run nothing-to-do 'Remote Desktop is switched on; look at the service, the listener and the firewall' }
Complete-Run ok "$($wrong.Count) value(s) would be set"
#: apply
Assert-Admin
Assert-NoPolicy
$wrong = @(Find-Wrong)
if ($wrong.Count -eq 0) { Stop-Run nothing-to-do 'Remote Desktop is switched on; look at the service, the listener and the firewall' }
New-Saved
Save-Manifest @{ Values = @(Get-Values) }
Set-Wanted $wrong
Complete-Run ok "$($wrong.Count) value(s) are set"
#: undo
Assert-Admin
$saved = Open-Saved
Restore-Values $saved.Values
Close-Saved
Complete-Run ok "the values are again as they were at $($saved.Made)"
#: verify
if (@(Find-Wrong -Quiet).Count -gt 0) { Stop-Run failed 'the values are not as they should be' }
$listens = [Net.NetworkInformation.IPGlobalProperties]::GetIPGlobalProperties().GetActiveTcpListeners()
$port = (Read-Value "$server\WinStations\RDP-Tcp" 'PortNumber').Value
if (@($listens | Where-Object { $_.Port -eq $port }).Count -eq 0) { Stop-Run failed "nothing listens on port $port yet; restart TermService (termservice-restart)" }
Complete-Run ok "Remote Desktop is on and listens on port $port; the firewall is a matter of its own"
