# remedy: dns-flush
# for: name-stale-address name-not-resolved name-split-dns
# where: client
# system: windows
# order: 10
# asks: name | hostname | - | the name you connect to
# risk: none
# title: let the client ask for the name anew
# why: The client remembers old answers for a while. Emptying its cache makes it ask again; nothing else changes.
# when: the name servers answer something else than the client uses
# needs: a PowerShell on the client
# saves: nothing, because a cache fills itself again
# reverts: nothing to put back, because a cache fills itself again
# restarts: nothing
# source: ms-ipconfig
#: look
foreach ($one in @(Resolve-DnsName -Name $ask_name -ErrorAction SilentlyContinue)) { "$($one.Type) $($one.Name)" }
foreach ($one in @(Get-DnsClientServerAddress | Where-Object { $_.ServerAddresses })) { "$($one.InterfaceAlias): $($one.ServerAddresses -join ' ')" }
Complete-Run ok 'the cache would be emptied'
#: apply
Invoke-Tool ipconfig.exe @('/flushdns') | Out-Null
Complete-Run ok 'the cache is empty'
#: verify
$found = @()
try { $found = @([Net.Dns]::GetHostAddresses($ask_name)) } catch { Stop-Run failed "$ask_name is still not found: correct the name, or connect the VPN whose name server knows it" }
Complete-Run ok "$ask_name is $($found -join ' ')"
