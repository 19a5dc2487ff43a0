# remedy: nla-off-test
# for: nla-no-dc credssp-mismatch
# where: server
# system: windows
# order: 90
# with: registry timer
# asks: minutes | number | 5 | after how many minutes the test ends (15 at most)
# risk: downgrade
# timed: a task of the system writes the old value back after the minutes asked for, or when the machine starts
# title: test only: without NLA, but with TLS, for some minutes
# why: When the connection reaches the logon screen without NLA, the fault is in NLA: domain controller, trust, CredSSP. Meanwhile
#    everyone who reaches the port gets a logon screen.
# when: TLS works and NLA fails, and no account of the server itself is at hand; the port is reachable from your address only
# needs: an elevated PowerShell on the server, Windows 8 or Server 2012 or later
# saves: UserAuthentication of the listener, in ProgramData\rdpwhy\nla-off-test
# reverts: undo writes the old value back at once and removes the task
# restarts: nothing; new connections use the value
# source: gh-azure-support-scripts ms-vm-cannot-connect
#: setup
$values = @(
    @{ Path = 'HKLM:\SYSTEM\CurrentControlSet\Control\Terminal Server\WinStations\RDP-Tcp'; Name = 'UserAuthentication'; Kind = 'DWord'; Want = 0 }
)
function Get-Minutes { [math]::Max(1, [math]::Min(15, [int]$ask_minutes)) }
function Assert-NoPolicy {
    $forced = Read-Value 'HKLM:\SOFTWARE\Policies\Microsoft\Windows NT\Terminal Services' 'UserAuthentication'
    if ($forced.Existed) { Stop-Run failed "a policy sets UserAuthentication to $($forced.Value) and wins over this test" }
}
#: look
Assert-Admin
Assert-NoPolicy
if (@(Find-Wrong).Count -eq 0) { Stop-Run nothing-to-do 'NLA is already off: that itself is a fault; rdp-security-layer sets it back' }
Complete-Run ok "UserAuthentication would be 0 for $(Get-Minutes) minutes"
#: apply
Assert-Admin
Assert-NoPolicy
$wrong = @(Find-Wrong)
if ($wrong.Count -eq 0) { Stop-Run nothing-to-do 'NLA is already off: that itself is a fault; rdp-security-layer sets it back' }
New-Saved
$before = @(Get-Values)
Save-Manifest @{ Values = $before }
Register-PutBack (Get-Minutes) $before
Set-Wanted $wrong
Complete-Run ok "NLA is off for $(Get-Minutes) minutes: connect now; a logon screen means that the fault is in NLA"
#: undo
Assert-Admin
$saved = Open-Saved
Restore-Values $saved.Values
Remove-PutBack
Close-Saved
Complete-Run ok 'NLA is as it was, the task is gone'
#: verify
if (@(Find-Wrong -Quiet).Count -gt 0) { Stop-Run failed 'the value is not set' }
if (-not (Get-ScheduledTask -TaskName "rdpwhy $rdpwhy_remedy" -ErrorAction SilentlyContinue)) { Stop-Run failed 'the task that ends the test is missing: run the undo now' }
Complete-Run ok "the test runs and ends by itself within $(Get-Minutes) minutes; the undo ends it at once"
