# remedy: listener-settings
# for: listener-misconfigured session-limit
# where: server
# system: windows
# order: 20
# with: registry
# risk: low
# title: set the listener's reconnect and limit settings back
# why: Custom images carry listener settings that end or refuse sessions. This is Microsoft's list for it, without its first two lines:
#    those lower the security layer and the encryption level and are not needed.
# when: sessions drop again and again on a machine from a custom image, or MaxInstanceCount is small. Limits that
#    somebody set in the listener on purpose are lifted too: look prints them
# needs: an elevated PowerShell on the server
# saves: the values, in ProgramData\rdpwhy\listener-settings
# reverts: undo writes the values back, and removes those that did not exist
# restarts: nothing by itself; Microsoft's page restarts the machine afterwards
# source: ms-intermittent
#: setup
$listener = 'HKLM:\SYSTEM\CurrentControlSet\Control\Terminal Server\WinStations\RDP-Tcp'
$values = @(
    foreach ($one in @('fQueryUserConfigFromLocalMachine', 1), @('KeepAliveTimeout', 1), @('fInheritReconnectSame', 0), @('fReconnectSame', 1), @('fInheritMaxSessionTime', 1), @('fInheritMaxDisconnectionTime', 1), @('MaxDisconnectionTime', 0), @('MaxConnectionTime', 0), @('fInheritMaxIdleTime', 1), @('MaxIdleTime', 0), @('MaxInstanceCount', -1)) {
        @{ Path = $listener; Name = $one[0]; Kind = 'DWord'; Want = $one[1] }
    }
)
#: look
Assert-Admin
$wrong = @(Find-Wrong)
if ($wrong.Count -eq 0) { Stop-Run nothing-to-do 'all values are as they should be' }
Complete-Run ok "$($wrong.Count) value(s) would be set"
#: apply
Assert-Admin
$wrong = @(Find-Wrong)
if ($wrong.Count -eq 0) { Stop-Run nothing-to-do 'all values are as they should be' }
New-Saved
Save-Manifest @{ Values = @(Get-Values) }
Set-Wanted $wrong
Complete-Run ok "$($wrong.Count) value(s) are set; restart the machine when it suits"
#: undo
Assert-Admin
$saved = Open-Saved
Restore-Values $saved.Values
Close-Saved
Complete-Run ok "the values are again as they were at $($saved.Made)"
#: verify
if (@(Find-Wrong -Quiet).Count -gt 0) { Stop-Run failed 'the values are not as they should be' }
Complete-Run ok 'the values are as they should be'
