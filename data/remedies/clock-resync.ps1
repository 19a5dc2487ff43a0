# remedy: clock-resync
# for: clock-skew kerberos-skew cert-not-yet-valid
# where: server
# system: windows
# order: 10
# with: registry
# asks: force | number | 0 | 1: take the time from the domain (w32tm /syncfromflags:domhier) instead of where it comes from now
# risk: low
# title: set the clock right, on the side that is wrong
# why: Kerberos and certificates allow a few minutes. First find out which clock is wrong; then that side asks its time source again.
# when: w32tm /stripchart against a third clock shows that this machine is the wrong one
# needs: an elevated PowerShell on the machine whose clock is wrong
# saves: the time service's Type and NtpServer, in ProgramData\rdpwhy\clock-resync
# reverts: undo writes Type and NtpServer back; the clock itself stays right
# restarts: nothing; the clock may jump, so what is scheduled may run at once
# source: ms-w32tm
#: setup
$key = 'HKLM:\SYSTEM\CurrentControlSet\Services\W32Time\Parameters'
$values = @(
    @{ Path = $key; Name = 'Type'; Kind = 'String'; Want = 'NT5DS' }
    @{ Path = $key; Name = 'NtpServer'; Kind = 'String'; Want = '' }
)
function Show-Clock {
    "this clock: $([DateTime]::UtcNow.ToString('yyyy-MM-dd HH:mm:ss')) UTC; source type $((Read-Value $key 'Type').Value)"
}
#: look
Assert-Admin
Show-Clock
Complete-Run ok 'the machine would ask its time source again'
#: apply
Assert-Admin
Show-Clock
if ([int]$ask_force -eq 1) {
    if (-not (Get-CimInstance Win32_ComputerSystem).PartOfDomain) { Stop-Run failed 'this machine is in no domain' }
    New-Saved
    Save-Manifest @{ Values = @(Get-Values) }
    if ([string](Get-Service -Name W32Time).Status -ne 'Running') { Start-Service -Name W32Time }
    Invoke-Tool w32tm.exe @('/config', '/syncfromflags:domhier', '/update') | Out-Null
} elseif ([string](Get-Service -Name W32Time).Status -ne 'Running') {
    Start-Service -Name W32Time
}
Invoke-Tool w32tm.exe @('/resync', '/rediscover') | Out-Null
Show-Clock
Complete-Run ok 'the time source was asked again'
#: undo
Assert-Admin
$saved = Open-Saved
Restore-Values $saved.Values
Invoke-Tool w32tm.exe @('/config', '/update') | Out-Null
Close-Saved
Complete-Run ok 'the time source is as it was'
#: verify
Show-Clock
Complete-Run ok 'compare with a third clock: w32tm /stripchart /computer:HOST /samples:3 /dataonly'
