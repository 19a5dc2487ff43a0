# remedy: machinekeys-folder-acl
# for: rdp-key-unreadable cert-renew-failed cert-missing
# where: server
# system: windows
# order: 40
# with: services rdpcert
# risk: outage
# title: give the MachineKeys folder its two own entries back
# why: The service can make no key when the folder itself is closed. Only the folder's own access list gets the entries that Microsoft
#    names (Administrators full control, Everyone read and write on the folder alone); no file in it is touched.
# when: rdp-key-park left no fresh certificate, and event 1058 says "access denied"
# needs: an elevated PowerShell on the server
# saves: the folder's access list, in ProgramData\rdpwhy\machinekeys-folder-acl
# reverts: undo writes the saved access list back with icacls /restore
# restarts: SessionEnv and TermService: seconds; live RDP users are cut off and can connect again
# source: ms-internal
#: setup
function Test-Folder {
    $rights = [Security.AccessControl.FileSystemRights]
    $rules = (Get-Acl -LiteralPath $keys).GetAccessRules($true, $true, [Security.Principal.SecurityIdentifier]) | Where-Object { $_.AccessControlType -eq 'Allow' }
    $admins = @($rules | Where-Object { $_.IdentityReference.Value -eq 'S-1-5-32-544' -and ($_.FileSystemRights -band $rights::FullControl) -eq $rights::FullControl })
    $all = @($rules | Where-Object { $_.IdentityReference.Value -eq 'S-1-1-0' -and ($_.FileSystemRights -band $rights::ReadData) -and ($_.FileSystemRights -band $rights::WriteData) })
    Write-Host "folder: Administrators full control: $($admins.Count -gt 0), Everyone read and write: $($all.Count -gt 0)"
    $admins.Count -gt 0 -and $all.Count -gt 0
}
#: look
Assert-Admin
Show-Certificates
if (Test-Folder) { Stop-Run nothing-to-do 'the folder has the entries it should have' }
Complete-Run ok 'the folder would get its two entries'
#: apply
Assert-Admin
if (Test-Folder) { Stop-Run nothing-to-do 'the folder has the entries it should have' }
New-Saved
Invoke-Tool icacls.exe @($keys, '/save', (Join-Path $run.State 'folder.acl')) | Out-Null
Save-Manifest @{ Folder = $keys }
Invoke-Tool icacls.exe @($keys, '/grant', '*S-1-5-32-544:(F)', '*S-1-1-0:(R,W)') | Out-Null
Restart-Rdp
Complete-Run ok 'the folder has its entries'
#: undo
Assert-Admin
$saved = Open-Saved
Invoke-Tool icacls.exe @((Split-Path -Parent $keys), '/restore', (Join-Path $run.State 'folder.acl')) | Out-Null
Restart-Rdp
Close-Saved
Complete-Run ok "the folder's access list is again as it was at $($saved.Made)"
#: verify
Assert-Admin
if (-not (Test-Folder)) { Stop-Run failed 'the folder is still closed' }
Show-Certificates
Complete-Fresh
