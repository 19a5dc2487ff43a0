# remedy: rdp-security-test
# for: rdp-key-unreadable cert-renew-failed tls-no-common
# where: server
# system: windows
# order: 90
# with: registry timer
# asks: minutes | number | 5 | after how many minutes the test ends (15 at most)
# risk: downgrade
# timed: a task of the system deletes both values after the minutes asked for, or when the machine starts
# title: test only: without TLS and NLA for some minutes
# why: Microsoft's own test: when the connection works with old RDP security, the fault is in TLS, the certificate or NLA. Meanwhile
#    the server proves nothing about itself and shows its logon screen to everyone who reaches the port.
# when: nothing else decided; and the port is reachable from your address only
# needs: an elevated PowerShell on the server, Windows 8 or Server 2012 or later; nobody else who connects meanwhile
# saves: the two policy values, in ProgramData\rdpwhy\rdp-security-test
# reverts: undo puts both values back at once and removes the task
# restarts: nothing; new connections use the values
# source: ms-internal
#: setup
$values = @(
    @{ Path = 'HKLM:\SOFTWARE\Policies\Microsoft\Windows NT\Terminal Services'; Name = 'SecurityLayer'; Kind = 'DWord'; Want = 0 }
    @{ Path = 'HKLM:\SOFTWARE\Policies\Microsoft\Windows NT\Terminal Services'; Name = 'UserAuthentication'; Kind = 'DWord'; Want = 0 }
)
function Get-Minutes { [math]::Max(1, [math]::Min(15, [int]$ask_minutes)) }
#: look
Assert-Admin
if (@(Find-Wrong).Count -eq 0) { Stop-Run nothing-to-do 'TLS and NLA are already off by policy: that itself is a fault' }
Complete-Run ok "both values would be 0 for $(Get-Minutes) minutes"
#: apply
Assert-Admin
$wrong = @(Find-Wrong)
if ($wrong.Count -eq 0) { Stop-Run nothing-to-do 'TLS and NLA are already off by policy: that itself is a fault' }
New-Saved
$before = @(Get-Values)
Save-Manifest @{ Values = $before }
Register-PutBack (Get-Minutes) $before
Set-Wanted $wrong
Complete-Run ok "TLS and NLA are off for $(Get-Minutes) minutes: connect now; works = the fault is TLS, certificate or NLA"
#: undo
Assert-Admin
$saved = Open-Saved
Restore-Values $saved.Values
Remove-PutBack
Close-Saved
Complete-Run ok 'both values are as they were, the task is gone'
#: verify
if (@(Find-Wrong -Quiet).Count -gt 0) { Stop-Run failed 'the values are not set' }
if (-not (Get-ScheduledTask -TaskName "rdpwhy $rdpwhy_remedy" -ErrorAction SilentlyContinue)) { Stop-Run failed 'the task that ends the test is missing: run the undo now' }
Complete-Run ok "the test runs and ends by itself within $(Get-Minutes) minutes; the undo ends it at once"
