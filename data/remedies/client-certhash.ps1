# remedy: client-certhash
# for: cert-changed
# where: client
# system: windows
# order: 20
# with: user registry
# asks: host | host | - | the server's name, as it is typed in mstsc
# risk: low
# title: forget the certificate the client saved for one server
# why: The client saved another certificate for this name. After a rebuild that is right; after an interception it is the warning. Compare
#    the fingerprint at the server's console first: without that this repair does harm.
# when: the new certificate's fingerprint was compared at the server's console and is the same
# needs: a PowerShell on the client, as the user who connects; no administrator
# saves: the saved hash, in AppData\Local\rdpwhy\client-certhash
# reverts: undo writes the saved hash back
# restarts: nothing; close mstsc first
# source: ms-ondisconnected
# unconfirmed: the place of CertHash against a page of Microsoft
#: setup
$values = @(
    @{ Path = "HKCU:\SOFTWARE\Microsoft\Terminal Server Client\Servers\$ask_host"; Name = 'CertHash'; Kind = 'Binary'; Want = $null }
)
#: look
$now = Read-Value $values[0].Path 'CertHash'
if (-not $now.Existed) { Stop-Run nothing-to-do 'no certificate is saved for this name' }
"saved: $((@($now.Value) | ForEach-Object { $_.ToString('X2') }) -join '')"
Complete-Run ok 'the saved certificate would be forgotten'
#: apply
if (-not (Read-Value $values[0].Path 'CertHash').Existed) { Stop-Run nothing-to-do 'no certificate is saved for this name' }
New-Saved
Save-Manifest @{ Values = @(Get-Values) }
Set-Wanted $values
Complete-Run ok 'the client asks again at the next connection: compare the fingerprint then'
#: undo
$saved = Open-Saved
Restore-Values $saved.Values
Close-Saved
Complete-Run ok 'the saved certificate is back'
#: verify
if ((Read-Value $values[0].Path 'CertHash').Existed) { Stop-Run failed 'a certificate is still saved' }
Complete-Run ok 'no certificate is saved for this name'
