# remedy: dns-register
# for: name-stale-address
# where: server
# system: windows
# order: 20
# risk: none
# title: let the server register its name again
# why: The name leads to an old address. The server tells its name servers its address anew; afterwards clients flush their cache
#    (dns-flush). A reservation or a fixed address keeps it so.
# when: the name leads to another address than the server has now
# needs: an elevated PowerShell on the server
# saves: nothing, because no setting is changed
# reverts: nothing to put back, because the record only says what is so
# restarts: nothing
# source: ms-ipconfig
#: look
foreach ($one in [Net.Dns]::GetHostAddresses([Net.Dns]::GetHostName())) { "own address: $one" }
Complete-Run ok 'the name would be registered again'
#: apply
Assert-Admin
Invoke-Tool ipconfig.exe @('/registerdns') | Out-Null
Complete-Run ok 'registration is under way; it takes some minutes'
#: verify
foreach ($one in [Net.Dns]::GetHostAddresses([Net.Dns]::GetHostName())) { "own address: $one" }
Complete-Run ok 'after some minutes ask another machine for the name and compare'
