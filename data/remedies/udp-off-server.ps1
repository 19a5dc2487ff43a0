# remedy: udp-off-server
# for: udp-transport-broken udp-65s
# where: server
# system: windows
# order: 30
# with: registry
# risk: low
# title: let the server use TCP only
# why: The session's UDP path breaks while TCP is fine. Sessions over TCP are slower on lossy lines, so the UDP path is what wants
#    repairing. UDP starts after the logon: it cannot be the reason of a connection that ends before.
# when: sessions freeze or drop, and a connection over TCP only stays
# needs: an elevated PowerShell on the server; in a domain better as a policy (Select RDP transport protocols)
# saves: the value, in ProgramData\rdpwhy\udp-off-server
# reverts: undo writes the value back, or removes it when there was none
# restarts: nothing; new connections use the value
# source: ittrip-udp coder-18354
# unconfirmed: SelectTransport 1 = TCP only, against a page of Microsoft (it is in wide use)
#: setup
$values = @(
    @{ Path = 'HKLM:\SOFTWARE\Policies\Microsoft\Windows NT\Terminal Services'; Name = 'SelectTransport'; Kind = 'DWord'; Want = 1 }
)
#: look
Assert-Admin
if (@(Find-Wrong).Count -eq 0) { Stop-Run nothing-to-do 'the server uses TCP only' }
Complete-Run ok 'the server would use TCP only'
#: apply
Assert-Admin
$wrong = @(Find-Wrong)
if ($wrong.Count -eq 0) { Stop-Run nothing-to-do 'the server uses TCP only' }
New-Saved
Save-Manifest @{ Values = @(Get-Values) }
Set-Wanted $wrong
Complete-Run ok 'the server uses TCP only, for new connections'
#: undo
Assert-Admin
$saved = Open-Saved
Restore-Values $saved.Values
Close-Saved
Complete-Run ok 'the value is as it was'
#: verify
if (@(Find-Wrong -Quiet).Count -gt 0) { Stop-Run failed 'the value is not set (a policy?)' }
Complete-Run ok 'the server uses TCP only; connect anew'
