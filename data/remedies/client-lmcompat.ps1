# remedy: client-lmcompat
# for: channel-binding-ntlmv1
# where: client
# system: windows
# order: 10
# with: registry
# risk: low
# title: let the client answer with NTLMv2
# why: Below LmCompatibilityLevel 3 the client answers with an NTLM that has no channel binding, and the gateway refuses it (0xC000035B).
#    Never lower the gateway's channel binding instead.
# when: 0xC000035B through an RD Gateway
# needs: an elevated PowerShell on the client; in a domain better as a policy (LAN Manager authentication level)
# saves: the value, in ProgramData\rdpwhy\client-lmcompat
# reverts: undo writes the value back, or removes it when there was none
# restarts: nothing; log on to Windows anew
# source: ms-35b
#: setup
$values = @(
    @{ Path = 'HKLM:\SYSTEM\CurrentControlSet\Control\Lsa'; Name = 'LmCompatibilityLevel'; Kind = 'DWord'; Want = 3; Least = 3; Absent = $true }
)
#: look
if (@(Find-Wrong).Count -eq 0) { Stop-Run nothing-to-do 'the client answers with NTLMv2 (without the value that is the default)' }
Complete-Run ok 'LmCompatibilityLevel would be 3'
#: apply
Assert-Admin
$wrong = @(Find-Wrong)
if ($wrong.Count -eq 0) { Stop-Run nothing-to-do 'the client answers with NTLMv2 (without the value that is the default)' }
New-Saved
Save-Manifest @{ Values = @(Get-Values) }
Set-Wanted $wrong
Complete-Run ok 'LmCompatibilityLevel is 3'
#: undo
Assert-Admin
$saved = Open-Saved
Restore-Values $saved.Values
Close-Saved
Complete-Run ok 'the value is as it was'
#: verify
if (@(Find-Wrong -Quiet).Count -gt 0) { Stop-Run failed 'the value is not set (a policy?)' }
Complete-Run ok 'the client answers with NTLMv2'
