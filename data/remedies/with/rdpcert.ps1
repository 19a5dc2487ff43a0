# The self-signed certificate of Remote Desktop and the file of its key (the name begins with the key's fixed hash).
$store = 'Cert:\LocalMachine\Remote Desktop'
$keys = Join-Path $env:ProgramData 'Microsoft\Crypto\RSA\MachineKeys'
function Get-RdpKeys {
    @(Get-ChildItem -LiteralPath $keys -Force | Where-Object { $_.Name -match '^f686aace6942fb7f7ceb231212eef4a4_[0-9A-Fa-f-]+$' })
}
function Get-RdpCertificates { if (Test-Path -LiteralPath $store) { @(Get-ChildItem -LiteralPath $store) } }
function Test-Fresh($One) { $One.HasPrivateKey -and $One.NotBefore -le (Get-Date) -and $One.NotAfter -gt (Get-Date) }
function Show-Certificates {
    foreach ($one in Get-RdpCertificates) {
        "certificate $($one.Thumbprint.Substring(0, 8)) until $($one.NotAfter.ToString('yyyy-MM-dd')), key linked: $($one.HasPrivateKey), fresh: $(Test-Fresh $one)"
    }
}
# With its link to the key, so that it can be put back whole.
function Export-RdpCertificate($One) {
    $bytes = $One.Export([Security.Cryptography.X509Certificates.X509ContentType]::SerializedCert)
    [IO.File]::WriteAllBytes((Join-Path $run.State "$($One.Thumbprint).sst"), $bytes)
}
function Import-RdpCertificates($Thumbprints) {
    $open = New-Object Security.Cryptography.X509Certificates.X509Store 'Remote Desktop', 'LocalMachine'
    $open.Open('ReadWrite')
    foreach ($thumbprint in @($Thumbprints)) {
        if ($thumbprint -notmatch '^[0-9A-Fa-f]{40}$') { Stop-Run failed 'the saved state names something that is no certificate' }
        $open.Add((New-Object Security.Cryptography.X509Certificates.X509Certificate2 (Join-Path $run.State "$thumbprint.sst")))
    }
    $open.Close()
}
# The services make a new certificate soon after they start; wait for it, half a minute at most.
function Wait-Fresh {
    $until = (Get-Date).AddSeconds(30)
    do {
        if (@(Get-RdpCertificates | Where-Object { Test-Fresh $_ }).Count -gt 0) { return $true }
        Start-Sleep -Milliseconds 500
    } while ((Get-Date) -lt $until)
    $false
}
function Complete-Fresh {
    if (Wait-Fresh) { Complete-Run ok 'a fresh certificate with a linked key is there; look from outside with rdpwhy' }
    else { Complete-Run failed 'there is still no fresh certificate; events 1057 and 1058 in the System log say why; take the next repair' }
}
