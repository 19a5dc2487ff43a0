# remedy: rdp-key-acl
# for: rdp-key-unreadable cert-renew-failed cert-missing
# where: server
# system: windows
# order: 10
# with: services rdpcert
# risk: outage
# title: give the service the one RDP key back
# why: The service runs as NETWORK SERVICE and has to read the one key file of the RDP certificate. Only that file gets the two
#    entries that Microsoft names: SYSTEM full control, NETWORK SERVICE read. Other keys are not touched.
# when: the server closes at the ClientHello; events 1057, 1058 or 36870 (0x8009030D) in the System log
# needs: an elevated PowerShell on the server, best as the system (Azure Run Command and AWS SSM are): a healthy key may let no
#    administrator read its access list
# saves: the access list of the key file, in ProgramData\rdpwhy\rdp-key-acl
# reverts: undo writes the saved access list back with icacls /restore
# restarts: SessionEnv and TermService: seconds; live RDP users are cut off and can connect again
# source: ms-internal ms-vm-event-ids qiita-904
#: setup
function Test-Access($File) {
    $rules = (Get-Acl -LiteralPath $File.FullName).GetAccessRules($true, $true, [Security.Principal.SecurityIdentifier])
    $full = @($rules | Where-Object { $_.IdentityReference.Value -eq 'S-1-5-18' -and $_.AccessControlType -eq 'Allow' -and ($_.FileSystemRights -band [Security.AccessControl.FileSystemRights]::FullControl) -eq [Security.AccessControl.FileSystemRights]::FullControl })
    $read = @($rules | Where-Object { $_.IdentityReference.Value -eq 'S-1-5-20' -and $_.AccessControlType -eq 'Allow' -and ($_.FileSystemRights -band [Security.AccessControl.FileSystemRights]::Read) -eq [Security.AccessControl.FileSystemRights]::Read })
    $full.Count -gt 0 -and $read.Count -gt 0
}
function Find-Closed {
    $files = @(Get-RdpKeys)
    if ($files.Count -eq 0) { Stop-Run nothing-to-do 'there is no RDP key file at all; take the repair rdp-cert-renew' }
    foreach ($file in $files) {
        try { $open = Test-Access $file } catch {
            Stop-Run failed "an administrator may not read the access list of this key, which is no fault by itself: run this as the system (Run Command, SSM), or first: takeown /f $($file.FullName) /a"
        }
        Write-Host "key $($file.Name.Substring(33)): SYSTEM and NETWORK SERVICE have what they need: $open"
        if (-not $open) { $file }
    }
}
#: look
Assert-Admin
Show-Certificates
$closed = @(Find-Closed)
if ($closed.Count -eq 0) { Stop-Run nothing-to-do 'the access list of the key is as it should be; take the repair rdp-cert-renew' }
Complete-Run ok "$($closed.Count) key file(s) would get the two entries"
#: apply
Assert-Admin
$closed = @(Find-Closed)
if ($closed.Count -eq 0) { Stop-Run nothing-to-do 'the access list of the key is as it should be; take the repair rdp-cert-renew' }
New-Saved
foreach ($file in $closed) { Invoke-Tool icacls.exe @($file.FullName, '/save', (Join-Path $run.State "$($file.Name).acl")) | Out-Null }
Save-Manifest @{ Keys = @($closed | ForEach-Object { $_.Name }) }
foreach ($file in $closed) { Invoke-Tool icacls.exe @($file.FullName, '/grant', '*S-1-5-18:(F)', '*S-1-5-20:(R)') | Out-Null }
Restart-Rdp
Complete-Run ok 'the key is readable for the service again'
#: undo
Assert-Admin
$saved = Open-Saved
foreach ($name in @($saved.Keys)) {
    if ($name -notmatch '^f686aace6942fb7f7ceb231212eef4a4_[0-9A-Fa-f-]+$') { Stop-Run failed 'the saved state names a file that is not the RDP key' }
    Invoke-Tool icacls.exe @($keys, '/restore', (Join-Path $run.State "$name.acl")) | Out-Null
}
Restart-Rdp
Close-Saved
Complete-Run ok "the access list is again as it was at $($saved.Made)"
#: verify
Assert-Admin
if (@(Find-Closed).Count -gt 0) { Stop-Run failed 'the key file is still closed to the service' }
Show-Certificates
Complete-Fresh
