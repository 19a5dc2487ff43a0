# remedy: route-add
# for: route-wrong-interface
# where: client
# system: windows
# order: 20
# asks: host | ip | - | the host's address
# asks: gateway | ip | - | the next hop inside the VPN
# risk: low
# title: send one address into the VPN
# why: The way to the host does not go into the tunnel (two networks use the same addresses, or the VPN's list of networks lacks it). A
#    route for this one address does. It is gone after a restart; the lasting cure is in the VPN's own list (AllowedIPs, routes).
# when: look shows that the address leaves by the wrong interface while the VPN is up
# needs: an elevated PowerShell on the client, Windows 8 or later
# saves: the new route, in ProgramData\rdpwhy\route-add; no route that exists is changed
# reverts: undo removes the route; so does a restart of the machine
# restarts: nothing
# source: ms-netroute field-tunnel
#: setup
function Get-Prefix { if ($ask_host -match ':') { "$ask_host/128" } else { "$ask_host/32" } }
function Show-Way { foreach ($one in @(Find-NetRoute -RemoteIPAddress $ask_host)) { if ($one.PSObject.Properties['NextHop']) { "now: to $($one.DestinationPrefix) by $($one.InterfaceAlias), next hop $($one.NextHop)" } } }
function Find-Own { @(Get-NetRoute -DestinationPrefix (Get-Prefix) -PolicyStore ActiveStore -ErrorAction SilentlyContinue) }
#: look
Show-Way
if (@(Find-Own).Count -gt 0) { Stop-Run nothing-to-do 'there is a route for this very address' }
Complete-Run ok "$ask_host would go by $ask_gateway"
#: apply
Assert-Admin
if (@(Find-Own).Count -gt 0) { Stop-Run nothing-to-do 'there is a route for this very address' }
$way = @(Find-NetRoute -RemoteIPAddress $ask_gateway | Where-Object { $_.PSObject.Properties['NextHop'] })
if ($way.Count -eq 0) { Stop-Run failed 'there is no way to that next hop: is the VPN up' }
New-Saved
Save-Manifest @{ Prefix = (Get-Prefix); NextHop = $ask_gateway; Index = $way[0].ifIndex }
New-NetRoute -DestinationPrefix (Get-Prefix) -NextHop $ask_gateway -InterfaceIndex $way[0].ifIndex -PolicyStore ActiveStore | Out-Null
Complete-Run ok "$ask_host goes by $ask_gateway until the next restart"
#: undo
Assert-Admin
$saved = Open-Saved
if ("$($saved.Prefix) $($saved.NextHop)" -notmatch '^[0-9A-Fa-f.:]+/(32|128) [0-9A-Fa-f.:]+$') { Stop-Run failed 'the saved state is not one of this repair' }
$own = @(Get-NetRoute -DestinationPrefix $saved.Prefix -PolicyStore ActiveStore -ErrorAction SilentlyContinue | Where-Object { $_.NextHop -eq $saved.NextHop })
foreach ($one in $own) { Remove-NetRoute -InputObject $one -Confirm:$false }
Close-Saved
Complete-Run ok 'the route is gone'
#: verify
Show-Way
if (@(Find-Own).Count -eq 0) { Stop-Run failed 'the route is not there' }
Complete-Run ok 'the route is there; look again with rdpwhy'
