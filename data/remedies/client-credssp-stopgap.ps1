# remedy: client-credssp-stopgap
# for: credssp-mismatch
# where: client
# system: windows
# order: 90
# with: registry timer
# asks: minutes | number | 10 | after how many minutes the stopgap ends (30 at most)
# risk: downgrade
# timed: a task of the system deletes the value after the minutes asked for, or when the machine starts
# title: stopgap on the client only: reach an unpatched server once, to patch it
# why: A patched client refuses a server without the CredSSP repair of 2018 (CVE-2018-0886). With AllowEncryptionOracle 2 it connects all
#    the same, and is open to that attack meanwhile. Value 1 does not help a patched client against an unpatched server.
# when: the dialog names CredSSP encryption oracle remediation, the server cannot be updated otherwise, and the network between is your own
# needs: an elevated PowerShell on the client, Windows 8 or later; never on the server
# saves: the value, in ProgramData\rdpwhy\client-credssp-stopgap
# reverts: undo puts the value back at once and removes the task
# restarts: nothing; start mstsc anew
# source: kb4093492
# unconfirmed: whether mstsc takes the value at once; the KB asks for a restart after a change, which would end this stopgap too
#: setup
$values = @(
    @{ Path = 'HKLM:\SOFTWARE\Microsoft\Windows\CurrentVersion\Policies\System\CredSSP\Parameters'; Name = 'AllowEncryptionOracle'; Kind = 'DWord'; Want = 2 }
)
function Get-Minutes { [math]::Max(1, [math]::Min(30, [int]$ask_minutes)) }
#: look
Assert-Admin
if (@(Find-Wrong).Count -eq 0) { Stop-Run nothing-to-do 'the client is already open to unpatched servers: that itself is a fault; delete AllowEncryptionOracle' }
Complete-Run ok "the client would accept unpatched servers for $(Get-Minutes) minutes"
#: apply
Assert-Admin
$wrong = @(Find-Wrong)
if ($wrong.Count -eq 0) { Stop-Run nothing-to-do 'the client is already open to unpatched servers: that itself is a fault; delete AllowEncryptionOracle' }
New-Saved
$before = @(Get-Values)
Save-Manifest @{ Values = $before }
Register-PutBack (Get-Minutes) $before
Set-Wanted $wrong
Complete-Run ok "for $(Get-Minutes) minutes: connect, install the server's updates, restart it"
#: undo
Assert-Admin
$saved = Open-Saved
Restore-Values $saved.Values
Remove-PutBack
Close-Saved
Complete-Run ok 'the client is strict again, the task is gone'
#: verify
if (@(Find-Wrong -Quiet).Count -gt 0) { Stop-Run failed 'the value is not set' }
if (-not (Get-ScheduledTask -TaskName "rdpwhy $rdpwhy_remedy" -ErrorAction SilentlyContinue)) { Stop-Run failed 'the task that ends the stopgap is missing: run the undo now' }
Complete-Run ok "the stopgap ends by itself within $(Get-Minutes) minutes; the undo ends it at once"
