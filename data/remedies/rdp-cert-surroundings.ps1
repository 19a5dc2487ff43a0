# remedy: rdp-cert-surroundings
# for: cert-renew-failed cert-missing rdp-key-unreadable
# where: server
# system: windows
# order: 35
# with: registry services rdpcert
# risk: outage
# title: put back what the making of a certificate needs
# why: Microsoft's page names two registry values (SelfSignedCertStore, ProgramData) and four services (CertPropSvc, KeyIso, CryptSvc,
#    SessionEnv) without which no RDP certificate can be made. A full system disk has the same effect.
# when: rdp-cert-renew and rdp-key-park left no fresh certificate
# needs: an elevated PowerShell on the server
# saves: the two values and the services' start types, in ProgramData\rdpwhy\rdp-cert-surroundings
# reverts: undo writes both values and the start types back
# restarts: SessionEnv and TermService: seconds; live RDP users are cut off and can connect again
# source: ms-internal
#: setup
$names = 'CertPropSvc', 'KeyIso', 'CryptSvc', 'SessionEnv'
$values = @(
    @{ Path = 'HKLM:\SYSTEM\CurrentControlSet\Control\Terminal Server\WinStations'; Name = 'SelfSignedCertStore'; Kind = 'String'; Want = 'Remote Desktop' }
    @{ Path = 'HKLM:\SOFTWARE\Microsoft\Windows NT\CurrentVersion\ProfileList'; Name = 'ProgramData'; Kind = 'ExpandString'; Want = '%SystemDrive%\ProgramData' }
)
# A disabled service (4) cannot be started; 3 is "when needed".
foreach ($name in $names) { $values += @{ Path = "HKLM:\SYSTEM\CurrentControlSet\Services\$name"; Name = 'Start'; Kind = 'DWord'; Want = 3; Most = 3; Absent = $true; Quiet = $true } }
function Find-Disabled { foreach ($one in $values) { if ($one.Name -eq 'Start' -and (Read-Value $one.Path 'Start').Value -eq 4) { Split-Path -Leaf $one.Path } } }
function Find-Stopped { foreach ($name in $names) { if ((Get-Service -Name $name).Status -ne 'Running') { $name } } }
function Find-Bad { @(Find-Wrong | Where-Object { $_.Name -ne 'Start' }) }
function Show-Disk {
    $disk = Get-CimInstance Win32_LogicalDisk -Filter "DeviceID='$env:SystemDrive'"
    "free on ${env:SystemDrive}: $([math]::Round($disk.FreeSpace / 1048576)) MB"
}
#: look
Assert-Admin
Show-Certificates
Show-Disk
$bad = @(Find-Bad)
$stopped = @(Find-Stopped)
if ($bad.Count -eq 0 -and $stopped.Count -eq 0) { Stop-Run nothing-to-do 'both values and all four services are as they should be' }
Complete-Run ok "$($bad.Count) value(s) would be set; would be started: $($stopped -join ' ')"
#: apply
Assert-Admin
Show-Disk
$bad = @(Find-Bad)
$stopped = @(Find-Stopped)
if ($bad.Count -eq 0 -and $stopped.Count -eq 0) { Stop-Run nothing-to-do 'both values and all four services are as they should be' }
New-Saved
Save-Manifest @{ Values = @(Get-Values) }
Set-Wanted $bad
foreach ($name in @(Find-Disabled)) { Set-Service -Name $name -StartupType Manual }
foreach ($name in $stopped) { Start-Service -Name $name }
Restart-Rdp
Complete-Run ok "set: $($bad.Count) value(s); started: $($stopped -join ' ')"
#: undo
Assert-Admin
$saved = Open-Saved
Restore-Values $saved.Values
Close-Saved
Complete-Run ok 'values and start types are back; the services keep running until the next restart of the machine'
#: verify
Assert-Admin
$stopped = @(Find-Stopped)
if ($stopped.Count -gt 0) { Stop-Run failed "not running: $($stopped -join ' ')" }
Show-Certificates
Complete-Fresh
