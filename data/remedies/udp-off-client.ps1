# remedy: udp-off-client
# for: udp-transport-broken udp-65s router-offload-breaks-tunnel
# where: client
# system: windows
# order: 10
# with: registry
# risk: low
# title: let this client use TCP only
# why: The session's UDP path breaks while TCP is fine. Narrower than switching UDP off at the server. On a lossy line TCP is slower. UDP
#    starts after the logon: it cannot be the reason of a connection that ends before.
# when: sessions freeze or drop (after about 65 seconds, for one known fault), and the connection itself works
# needs: an elevated PowerShell on the client
# saves: the value, in ProgramData\rdpwhy\udp-off-client
# reverts: undo writes the value back, or removes it when there was none
# restarts: nothing; close mstsc and start it anew
# source: coder-18354 engineerdirect-65s
# unconfirmed: fClientDisableUDP against a page of Microsoft (vendors' pages name it)
#: setup
$values = @(
    @{ Path = 'HKLM:\SOFTWARE\Policies\Microsoft\Windows NT\Terminal Services\Client'; Name = 'fClientDisableUDP'; Kind = 'DWord'; Want = 1 }
)
#: look
if (@(Find-Wrong).Count -eq 0) { Stop-Run nothing-to-do 'this client uses TCP only' }
Complete-Run ok 'this client would use TCP only'
#: apply
Assert-Admin
$wrong = @(Find-Wrong)
if ($wrong.Count -eq 0) { Stop-Run nothing-to-do 'this client uses TCP only' }
New-Saved
Save-Manifest @{ Values = @(Get-Values) }
Set-Wanted $wrong
Complete-Run ok 'this client uses TCP only; start mstsc anew'
#: undo
Assert-Admin
$saved = Open-Saved
Restore-Values $saved.Values
Close-Saved
Complete-Run ok 'the value is as it was'
#: verify
if (@(Find-Wrong -Quiet).Count -gt 0) { Stop-Run failed 'the value is not set (a policy?)' }
Complete-Run ok 'this client uses TCP only; when the session now stays, the UDP path wants repairing'
