# remedy: rdp-cert-renew
# for: rdp-key-unreadable cert-renew-failed cert-missing cert-expired cert-weak
# where: server
# system: windows
# order: 20
# with: services rdpcert
# asks: force | number | 0 | 1: also remove a certificate that looks healthy (its key may still not open)
# risk: outage
# title: let the service make a new self-signed certificate
# why: Without its certificate the service makes a new one when it starts. Only self-signed certificates of the Remote Desktop
#    store that are expired or have no key are removed; one that a certification authority issued is left alone.
# when: the certificate has ended or is too weak (force=1), or rdp-key-acl found nothing wrong and the server still closes at the ClientHello (force=1)
# needs: an elevated PowerShell on the server
# saves: each removed certificate with its link to the key, in ProgramData\rdpwhy\rdp-cert-renew
# reverts: undo puts the removed certificates back into the store; the new one stays beside them
# restarts: SessionEnv and TermService: seconds; live RDP users are cut off; clients have to accept the new certificate
# unconfirmed: that the service takes the old certificate again after undo
# source: ms-internal ms-vm-event-ids ms-internal-vm
#: setup
function Find-Old {
    foreach ($one in Get-RdpCertificates) {
        if ($one.Subject -ne $one.Issuer) { Write-Host "certificate $($one.Thumbprint.Substring(0, 8)) is not self-signed: left alone"; continue }
        if ([int]$ask_force -eq 1 -or -not (Test-Fresh $one)) { $one }
    }
}
#: look
Assert-Admin
Show-Certificates
$old = @(Find-Old)
$any = @(Get-RdpCertificates).Count
if ($old.Count -eq 0 -and $any -gt 0) { Stop-Run nothing-to-do 'every certificate is fresh; force=1 removes it all the same' }
Complete-Run ok "$($old.Count) of $any certificate(s) would be removed, and the two services restarted"
#: apply
Assert-Admin
Show-Certificates
$old = @(Find-Old)
if ($old.Count -eq 0 -and @(Get-RdpCertificates).Count -gt 0) { Stop-Run nothing-to-do 'every certificate is fresh; force=1 removes it all the same' }
New-Saved
foreach ($one in $old) { Export-RdpCertificate $one }
Save-Manifest @{ Thumbprints = @($old | ForEach-Object { $_.Thumbprint }) }
foreach ($one in $old) { Remove-Item -LiteralPath "$store\$($one.Thumbprint)" }
Restart-Rdp
Complete-Run ok 'the old certificate is removed'
#: undo
Assert-Admin
$saved = Open-Saved
Import-RdpCertificates $saved.Thumbprints
Restart-Rdp
Close-Saved
Complete-Run ok "$(@($saved.Thumbprints).Count) certificate(s) are back in the store"
#: verify
Assert-Admin
Show-Certificates
Complete-Fresh
