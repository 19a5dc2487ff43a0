# remedy: network-private
# for: firewall-profile-public
# where: server
# system: windows
# order: 30
# asks: index | number | - | the interface's number, as look prints it
# risk: low
# title: call one network private again
# why: After a network change Windows may call the office network public, and rules for the private and domain profiles no longer count.
#    Only right when the network really is your own; otherwise take rdp-firewall-rule.
# when: look shows the category Public for a network that is your own
# needs: an elevated PowerShell on the server, Windows 8 or Server 2012 or later
# saves: the old category, in ProgramData\rdpwhy\network-private
# reverts: undo sets the old category again
# restarts: nothing
# source: ms-net-profile ms-general
#: setup
function Show-Networks { foreach ($one in Get-NetConnectionProfile) { "interface $($one.InterfaceIndex): $($one.InterfaceAlias), $($one.NetworkCategory)" } }
function Get-One {
    $one = @(Get-NetConnectionProfile | Where-Object { $_.InterfaceIndex -eq [int]$ask_index })
    if ($one.Count -ne 1) { Stop-Run failed "there is no connected interface $ask_index" }
    $one[0]
}
#: look
Show-Networks
$one = Get-One
if ([string]$one.NetworkCategory -ne 'Public') { Stop-Run nothing-to-do "interface $ask_index is not public" }
Complete-Run ok "interface $ask_index would become private"
#: apply
Assert-Admin
$one = Get-One
if ([string]$one.NetworkCategory -ne 'Public') { Stop-Run nothing-to-do "interface $ask_index is not public" }
New-Saved
Save-Manifest @{ Index = [int]$ask_index; Category = [string]$one.NetworkCategory; Network = [string]$one.Name }
Set-NetConnectionProfile -InterfaceIndex ([int]$ask_index) -NetworkCategory Private
Complete-Run ok "interface $ask_index is private"
#: undo
Assert-Admin
$saved = Open-Saved
if ($saved.Category -ne 'Public') { Stop-Run failed 'the saved state is not one of this repair' }
$now = @(Get-NetConnectionProfile | Where-Object { $_.InterfaceIndex -eq [int]$saved.Index -and $_.Name -eq $saved.Network })
if ($now.Count -ne 1) { Stop-Run failed "interface $($saved.Index) is not connected to that network now; undo it when it is" }
if ([string]$now[0].NetworkCategory -eq 'Private') { Set-NetConnectionProfile -InterfaceIndex ([int]$saved.Index) -NetworkCategory Public } else { Skip-Changed 'the category' }
Close-Saved
Complete-Run ok "undone for interface $($saved.Index)"
#: verify
if ([string](Get-One).NetworkCategory -eq 'Public') { Stop-Run failed 'the network is still public (a policy?)' }
Complete-Run ok 'the network is no longer public; look from outside with rdpwhy'
