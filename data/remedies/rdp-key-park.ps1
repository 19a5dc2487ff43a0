# remedy: rdp-key-park
# for: rdp-key-unreadable cert-renew-failed cert-missing
# where: server
# system: windows
# order: 30
# with: services rdpcert
# asks: force | number | 0 | 1: also when there is a certificate that looks healthy
# risk: outage
# title: set the one RDP key aside, so that the service makes a new one
# why: A key file that cannot be opened or replaced stops every new certificate (event 1058, object already exists). It is renamed, not
#    deleted, together with its certificate, and only the RDP key: renaming the whole MachineKeys folder would take every other machine key with it.
# when: rdp-cert-renew left no fresh certificate
# needs: an elevated PowerShell on the server
# saves: the self-signed certificates and the names of the key files, in ProgramData\rdpwhy\rdp-key-park; the key files stay where
#    they are, with .rdpwhy-bak at the end
# reverts: undo renames the old key back and puts its certificate back; key and certificate made since are set aside
# restarts: TermService and SessionEnv: seconds; live RDP users are cut off; clients have to accept the new certificate
# unconfirmed: that the service takes the old certificate again after undo
# source: qiita-904 ms-vm-event-ids
#: look
Assert-Admin
Show-Certificates
$files = @(Get-RdpKeys)
if ($files.Count -eq 0) { Stop-Run nothing-to-do 'there is no RDP key file' }
if ([int]$ask_force -ne 1 -and @(Get-RdpCertificates | Where-Object { Test-Fresh $_ }).Count -gt 0) { Stop-Run nothing-to-do 'there is a fresh certificate; force=1 sets its key aside all the same' }
Complete-Run ok "$($files.Count) key file(s) would be renamed"
#: apply
Assert-Admin
$files = @(Get-RdpKeys)
if ($files.Count -eq 0) { Stop-Run nothing-to-do 'there is no RDP key file' }
if ([int]$ask_force -ne 1 -and @(Get-RdpCertificates | Where-Object { Test-Fresh $_ }).Count -gt 0) { Stop-Run nothing-to-do 'there is a fresh certificate; force=1 sets its key aside all the same' }
foreach ($file in $files) {
    if (Test-Path -LiteralPath "$($file.FullName).rdpwhy-bak") { Stop-Run failed 'a key that was set aside earlier is still there; undo that first' }
}
New-Saved
$certificates = @(Get-RdpCertificates | Where-Object { $_.Subject -eq $_.Issuer })
foreach ($one in $certificates) { Export-RdpCertificate $one }
Save-Manifest @{ Keys = @($files | ForEach-Object { $_.Name }); Thumbprints = @($certificates | ForEach-Object { $_.Thumbprint }) }
Stop-Service -Name TermService -Force -WarningAction SilentlyContinue
try {
    foreach ($file in $files) { Rename-Item -LiteralPath $file.FullName -NewName "$($file.Name).rdpwhy-bak" }
    # A certificate whose key is gone would be found and not work.
    foreach ($one in $certificates) { Remove-Item -LiteralPath "$store\$($one.Thumbprint)" }
} finally {
    Restart-Rdp
}
Complete-Run ok 'the old key is set aside'
#: undo
Assert-Admin
$saved = Open-Saved
Stop-Service -Name TermService -Force -WarningAction SilentlyContinue
try {
    foreach ($name in @($saved.Keys)) {
        if ($name -notmatch '^f686aace6942fb7f7ceb231212eef4a4_[0-9A-Fa-f-]+$') { Stop-Run failed 'the saved state names a file that is not the RDP key' }
        $file = Join-Path $keys $name
        if (-not (Test-Path -LiteralPath "$file.rdpwhy-bak")) { Write-Host "$name.rdpwhy-bak is gone; nothing renamed"; continue }
        if (Test-Path -LiteralPath $file) { Rename-Item -LiteralPath $file -NewName "$name.rdpwhy-new-$([DateTime]::UtcNow.ToString('yyyyMMdd-HHmmss'))" }
        Rename-Item -LiteralPath "$file.rdpwhy-bak" -NewName $name
    }
    foreach ($one in @(Get-RdpCertificates | Where-Object { $_.Subject -eq $_.Issuer -and @($saved.Thumbprints) -notcontains $_.Thumbprint })) {
        Export-RdpCertificate $one
        Remove-Item -LiteralPath "$store\$($one.Thumbprint)"
    }
    Import-RdpCertificates $saved.Thumbprints
} finally {
    Restart-Rdp
}
Close-Saved
Complete-Run ok 'the old key and its certificate are back'
#: verify
Assert-Admin
Show-Certificates
Complete-Fresh
