# remedy: rdp-cert-bind
# for: cert-binding-wrong cert-name-mismatch cert-weak cert-expired cert-template-churn
# where: server
# system: windows
# order: 50
# with: registry services
# asks: thumbprint | hex40 | - | the thumbprint of the certificate to bind (it lies in the machine's Personal store)
# risk: outage
# title: bind a certificate of your own to the listener
# why: A certificate of a certification authority has to lie in the machine's Personal store, with its key, readable for NETWORK
#    SERVICE, and its thumbprint has to be in SSLCertificateSHA1Hash.
# when: there is such a certificate: right name, valid, RSA 2048 or more, SHA-256. Not on a Connection Broker
# needs: an elevated PowerShell on the server; .NET 4.6 or later
# saves: the old thumbprint and the access list of the new certificate's key, in ProgramData\rdpwhy\rdp-cert-bind
# reverts: undo writes the old thumbprint and the old access list back
# restarts: TermService: seconds; live RDP users are cut off
# unconfirmed: that a restart of the service is needed on every version
# source: ms-listener-cert ms-listener-security
#: setup
$values = @(
    @{ Path = 'HKLM:\SYSTEM\CurrentControlSet\Control\Terminal Server\WinStations\RDP-Tcp'; Name = 'SSLCertificateSHA1Hash'; Kind = 'Binary'; Want = [byte[]]@(for ($at = 0; $at -lt 40; $at += 2) { [Convert]::ToByte($ask_thumbprint.Substring($at, 2), 16) }) }
)
$folders = (Join-Path $env:ProgramData 'Microsoft\Crypto\Keys'), (Join-Path $env:ProgramData 'Microsoft\Crypto\RSA\MachineKeys')
function Get-Wanted {
    if (Get-Service -Name Tssdis -ErrorAction SilentlyContinue) { Stop-Run failed 'this is a Connection Broker: change its certificate in the deployment properties' }
    $path = "Cert:\LocalMachine\My\$ask_thumbprint"
    if (-not (Test-Path -LiteralPath $path)) { Stop-Run failed 'no certificate of that thumbprint in the Personal store of the machine' }
    $one = Get-Item -LiteralPath $path
    if (-not $one.HasPrivateKey) { Stop-Run failed 'that certificate has no private key here' }
    if ($one.NotAfter -le (Get-Date) -or $one.NotBefore -gt (Get-Date)) { Stop-Run failed 'that certificate is not valid today' }
    $one
}
function Get-KeyFile($One) {
    $key = [Security.Cryptography.X509Certificates.RSACertificateExtensions]::GetRSAPrivateKey($One)
    if ($null -eq $key) { Stop-Run failed 'that key is not RSA, or cannot be opened; give NETWORK SERVICE read by hand (certlm.msc, Manage Private Keys)' }
    $name = if ($key -is [Security.Cryptography.RSACng]) { $key.Key.UniqueName } else { $key.CspKeyContainerInfo.UniqueKeyContainerName }
    foreach ($folder in $folders) { if (Test-Path -LiteralPath (Join-Path $folder $name)) { return Get-Item -LiteralPath (Join-Path $folder $name) -Force } }
    Stop-Run failed 'the file of that key was not found (a smart card or HSM?); give NETWORK SERVICE read by hand'
}
#: look
Assert-Admin
$one = Get-Wanted
$file = Get-KeyFile $one
"would bind $($one.Thumbprint.Substring(0, 8)), $($one.Subject), until $($one.NotAfter.ToString('yyyy-MM-dd'))"
Complete-Run ok 'the certificate can be bound'
#: apply
Assert-Admin
$one = Get-Wanted
$file = Get-KeyFile $one
New-Saved
Invoke-Tool icacls.exe @($file.FullName, '/save', (Join-Path $run.State 'key.acl')) | Out-Null
Save-Manifest @{ Values = @(Get-Values); Folder = @($folders | Where-Object { $file.DirectoryName -eq $_ })[0] }
Invoke-Tool icacls.exe @($file.FullName, '/grant', '*S-1-5-20:(R)') | Out-Null
$setting = Get-CimInstance -Namespace root/cimv2/TerminalServices -ClassName Win32_TSGeneralSetting -Filter "TerminalName='RDP-Tcp'"
Set-CimInstance -InputObject $setting -Property @{ SSLCertificateSHA1Hash = $one.Thumbprint }
Restart-Rdp TermService
Complete-Run ok "bound: $($one.Thumbprint)"
#: undo
Assert-Admin
$saved = Open-Saved
if ($folders -notcontains $saved.Folder) { Stop-Run failed 'the saved state names a folder that holds no keys' }
Restore-Values $saved.Values
Invoke-Tool icacls.exe @($saved.Folder, '/restore', (Join-Path $run.State 'key.acl')) | Out-Null
Restart-Rdp TermService
Close-Saved
Complete-Run ok 'the old binding and the old access list are back'
#: verify
$now = Read-Value $values[0].Path $values[0].Name
if (-not $now.Existed) { Stop-Run failed 'nothing is bound' }
$bound = (@($now.Value) | ForEach-Object { $_.ToString('X2') }) -join ''
if ($bound -ne $ask_thumbprint) { Stop-Run failed "bound is $bound" }
Complete-Run ok 'the certificate is bound; look from outside with rdpwhy'
