# remedy: termservice-start
# for: termservice-stopped rdp-disabled
# where: server
# system: windows
# order: 10
# with: registry
# risk: low
# title: start the Remote Desktop service, with its own account
# why: TermService is disabled, or runs under an account it cannot log on with. By default it starts when needed, as NETWORK SERVICE.
# when: TermService does not run; events 7000, 7022, 7031, 7034 of the Service Control Manager
# needs: an elevated PowerShell on the server
# saves: start type and account of the service, in ProgramData\rdpwhy\termservice-start
# reverts: undo sets the start type back; another account has to be set by hand, with its password; a service that runs goes on
# restarts: nothing that runs
# source: ms-rds-issues
#: setup
$service = 'HKLM:\SYSTEM\CurrentControlSet\Services\TermService'
$values = @(
    @{ Path = $service; Name = 'Start'; Kind = 'DWord'; Want = 3 }
    @{ Path = $service; Name = 'ObjectName'; Kind = 'String'; Want = 'NT AUTHORITY\NetworkService' }
)
# 2 (automatic) is as right as 3 (when needed).
if ((Read-Value $service 'Start').Value -eq 2) { $values[0].Want = 2 }
#: look
$wrong = @(Find-Wrong)
$state = [string](Get-Service -Name TermService).Status
"TermService is $state"
if ($wrong.Count -eq 0 -and $state -eq 'Running') { Stop-Run nothing-to-do 'the service runs' }
Complete-Run ok "$($wrong.Count) setting(s) would be corrected and the service started"
#: apply
Assert-Admin
$wrong = @(Find-Wrong)
if ($wrong.Count -eq 0 -and [string](Get-Service -Name TermService).Status -eq 'Running') { Stop-Run nothing-to-do 'the service runs' }
New-Saved
Save-Manifest @{ Values = @(Get-Values) }
# The service manager has to be told; writing the values alone would count only after a restart of the machine.
foreach ($one in $wrong) {
    if ($one.Name -eq 'Start') { Invoke-Tool sc.exe @('config', 'TermService', 'start=', 'demand') | Out-Null }
    else { Invoke-Tool sc.exe @('config', 'TermService', 'obj=', 'NT AUTHORITY\NetworkService') | Out-Null }
}
Start-Service -Name TermService
Complete-Run ok 'the service is started'
#: undo
Assert-Admin
$saved = Open-Saved
$types = @{ 2 = 'auto'; 3 = 'demand'; 4 = 'disabled' }
foreach ($one in @($saved.Values)) {
    if ($one.Name -eq 'Start' -and $one.Set -and (Read-Value $service 'Start').Value -ne $one.Want) { Skip-Changed 'the start type'; continue }
    if ($one.Name -eq 'Start' -and $one.Set -and $types.ContainsKey([int]$one.Value)) { Invoke-Tool sc.exe @('config', 'TermService', 'start=', $types[[int]$one.Value]) | Out-Null }
    if ($one.Name -eq 'ObjectName' -and $one.Value -ne 'NT AUTHORITY\NetworkService') { Write-Host "the account was $($one.Value); set it by hand if that was meant (its password is not known here)" }
}
Close-Saved
Complete-Run ok 'the start type is back'
#: verify
if ([string](Get-Service -Name TermService).Status -ne 'Running') { Stop-Run failed 'the service does not run; read events 7022, 7031 and 7034 in the System log' }
Complete-Run ok 'the service runs; look from outside with rdpwhy'
