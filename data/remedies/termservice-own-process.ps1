# remedy: termservice-own-process
# for: termservice-hung termservice-stopped
# where: server
# system: windows
# order: 30
# risk: outage
# title: give the Remote Desktop service a process of its own
# why: When a service beside it in the same process takes TermService down, a process of its own keeps them apart and shows which one it is.
# when: TermService hangs or dies again and again (events 7022, 7031, 7034) and shares its process
# needs: an elevated PowerShell on the server, by another way than Remote Desktop
# saves: the service's type, in ProgramData\rdpwhy\termservice-own-process
# reverts: undo sets the type back (share) and restarts the service
# restarts: TermService: seconds; live RDP users are cut off; their sessions stay
# source: ms-rds-issues
#: setup
function Get-Type { [int](Get-ItemProperty -LiteralPath 'HKLM:\SYSTEM\CurrentControlSet\Services\TermService' -Name Type).Type }
#: look
"type $(Get-Type) (16: own process, 32: shared)"
if ((Get-Type) -eq 16) { Stop-Run nothing-to-do 'it has a process of its own' }
Complete-Run ok 'it would get a process of its own'
#: apply
Assert-Admin
$type = Get-Type
if ($type -eq 16) { Stop-Run nothing-to-do 'it has a process of its own' }
if ($type -ne 32) { Stop-Run failed "the service has the type $type, which this repair does not know" }
New-Saved
Save-Manifest @{ Type = $type }
Invoke-Tool sc.exe @('config', 'TermService', 'type=', 'own') | Out-Null
Restart-Service -Name TermService -Force -WarningAction SilentlyContinue
Complete-Run ok 'it has a process of its own'
#: undo
Assert-Admin
$saved = Open-Saved
if ([int]$saved.Type -ne 32) { Stop-Run failed 'the saved state is not one of this repair' }
Invoke-Tool sc.exe @('config', 'TermService', 'type=', 'share') | Out-Null
Restart-Service -Name TermService -Force -WarningAction SilentlyContinue
Close-Saved
Complete-Run ok 'it shares a process again'
#: verify
if ((Get-Type) -ne 16) { Stop-Run failed 'the type is not own' }
if ([string](Get-Service -Name TermService).Status -ne 'Running') { Stop-Run failed 'the service does not run' }
Complete-Run ok 'it runs in a process of its own'
