# remedy: keep-alive
# for: idle-timeout-middlebox
# where: server
# system: windows
# order: 10
# with: registry
# risk: low
# title: let the server keep idle connections alive
# why: A device on the way forgets connections that say nothing for some minutes. With keep-alive the server says something every minute,
#    and the device remembers.
# when: sessions drop after the same number of idle minutes each time
# needs: an elevated PowerShell on the server; in a domain better as a policy (Configure keep-alive connection interval)
# saves: both values, in ProgramData\rdpwhy\keep-alive
# reverts: undo writes both values back, and removes those that did not exist
# restarts: nothing; new connections use the values
# unconfirmed: that no restart of TermService is needed
# source: ms-intermittent haproxy-rdp
#: setup
$policy = 'HKLM:\SOFTWARE\Policies\Microsoft\Windows NT\Terminal Services'
$values = @(
    @{ Path = $policy; Name = 'KeepAliveEnable'; Kind = 'DWord'; Want = 1 }
    @{ Path = $policy; Name = 'KeepAliveInterval'; Kind = 'DWord'; Want = 1 }
)
#: look
Assert-Admin
$wrong = @(Find-Wrong)
if ($wrong.Count -eq 0) { Stop-Run nothing-to-do 'keep-alive is on' }
Complete-Run ok "$($wrong.Count) value(s) would be set"
#: apply
Assert-Admin
$wrong = @(Find-Wrong)
if ($wrong.Count -eq 0) { Stop-Run nothing-to-do 'keep-alive is on' }
New-Saved
Save-Manifest @{ Values = @(Get-Values) }
Set-Wanted $wrong
Complete-Run ok 'keep-alive is on, every minute'
#: undo
Assert-Admin
$saved = Open-Saved
Restore-Values $saved.Values
Close-Saved
Complete-Run ok 'both values are as they were'
#: verify
if (@(Find-Wrong -Quiet).Count -gt 0) { Stop-Run failed 'the values are not set (a policy?)' }
Complete-Run ok 'keep-alive is on for new connections'
