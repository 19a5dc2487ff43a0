# remedy: rdp-cert-unbind
# for: cert-binding-wrong rdp-key-unreadable cert-missing
# where: server
# system: windows
# order: 15
# with: registry services
# risk: outage
# title: take the bound certificate off the listener
# why: SSLCertificateSHA1Hash names a certificate that is gone, has no key, or cannot be read by the service. Without the value the
#    service goes back to its own self-signed certificate.
# when: events 1051, 1064 or 36870, and look shows that the bound certificate is missing or has no key. Not on a Connection Broker
# needs: an elevated PowerShell on the server
# saves: the value, in ProgramData\rdpwhy\rdp-cert-unbind
# reverts: undo writes the saved thumbprint back
# restarts: TermService: seconds; live RDP users are cut off; clients have to accept another certificate
# unconfirmed: that restarting the service is enough (Microsoft's page restarts the system)
# source: ms-internal ms-vm-event-ids ms-listener-cert
#: setup
$values = @(
    @{ Path = 'HKLM:\SYSTEM\CurrentControlSet\Control\Terminal Server\WinStations\RDP-Tcp'; Name = 'SSLCertificateSHA1Hash'; Kind = 'Binary'; Want = $null }
)
# The bound thumbprint, or an end when there is none, or when this is a Connection Broker.
function Get-Bound {
    if (Get-Service -Name Tssdis -ErrorAction SilentlyContinue) { Stop-Run failed 'this is a Connection Broker: change its certificate in the deployment properties' }
    $now = Read-Value $values[0].Path $values[0].Name
    if (-not $now.Existed) { Stop-Run nothing-to-do 'no certificate is bound' }
    (@($now.Value) | ForEach-Object { $_.ToString('X2') }) -join ''
}
function Show-Bound([string]$Bound) {
    $found = @(Get-ChildItem -Path 'Cert:\LocalMachine\My', 'Cert:\LocalMachine\Remote Desktop' | Where-Object { $_.Thumbprint -eq $Bound })
    if ($found.Count -eq 0) { "bound: $Bound, which is in neither store" }
    foreach ($one in $found) { "bound: $Bound until $($one.NotAfter.ToString('yyyy-MM-dd')), key linked: $($one.HasPrivateKey)" }
}
#: look
Assert-Admin
$bound = Get-Bound
Show-Bound $bound
Complete-Run ok 'the binding would be removed'
#: apply
Assert-Admin
$bound = Get-Bound
Show-Bound $bound
New-Saved
Save-Manifest @{ Values = @(Get-Values) }
Set-Wanted $values
Restart-Rdp TermService
Complete-Run ok 'the binding is removed'
#: undo
Assert-Admin
$saved = Open-Saved
Restore-Values $saved.Values
Restart-Rdp TermService
Close-Saved
Complete-Run ok 'the old binding is back'
#: verify
if ((Read-Value $values[0].Path $values[0].Name).Existed) { Stop-Run failed 'a thumbprint is bound (a policy may have put it back)' }
Complete-Run ok 'no certificate is bound; the service uses its own'
