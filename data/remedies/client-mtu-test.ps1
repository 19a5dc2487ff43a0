# remedy: client-mtu-test
# for: mtu-black-hole
# where: client
# system: windows
# order: 20
# asks: index | number | - | the tunnel interface's number, as look prints it
# asks: mtu | number | 1300 | the size to try (1280 to 1500)
# risk: low
# title: test: smaller packets on the tunnel, until the next restart
# why: Big packets vanish on the way. With a smaller MTU on the tunnel the client asks for smaller ones. When the connection then works, the
#    lasting cure is to clamp the MSS on the VPN gateway (mss-clamp).
# when: rdpwhy names mtu-black-hole
# needs: an elevated PowerShell on the client
# saves: the old MTU, in ProgramData\rdpwhy\client-mtu-test
# reverts: undo sets the old MTU; so does a restart of the machine (the change is in the active store only)
# restarts: nothing; connections over the tunnel may stall for a moment
# source: fortinet-194518 field
#: setup
function Show-Interfaces { foreach ($one in @(Get-NetIPInterface -AddressFamily IPv4 -ConnectionState Connected)) { "interface $($one.ifIndex): $($one.InterfaceAlias), MTU $($one.NlMtu)" } }
function Get-One([int]$Index) {
    $one = @(Get-NetIPInterface -InterfaceIndex $Index -AddressFamily IPv4 -PolicyStore ActiveStore -ErrorAction SilentlyContinue)
    if ($one.Count -ne 1) { Stop-Run failed "there is no IPv4 interface $Index" }
    $one[0]
}
function Set-Mtu([int]$Index, [long]$Mtu) { Invoke-Tool netsh.exe @('interface', 'ipv4', 'set', 'subinterface', [string]$Index, "mtu=$Mtu", 'store=active') | Out-Null }
#: look
Show-Interfaces
$one = Get-One ([int]$ask_index)
if ($one.NlMtu -le [int]$ask_mtu) { Stop-Run nothing-to-do "the MTU is already $($one.NlMtu)" }
Complete-Run ok "the MTU would go from $($one.NlMtu) to $ask_mtu"
#: apply
Assert-Admin
if ([int]$ask_mtu -lt 1280 -or [int]$ask_mtu -gt 1500) { Stop-Run failed 'choose a size from 1280 to 1500' }
$one = Get-One ([int]$ask_index)
if ($one.NlMtu -le [int]$ask_mtu) { Stop-Run nothing-to-do "the MTU is already $($one.NlMtu)" }
New-Saved
Save-Manifest @{ Index = [int]$ask_index; Mtu = [long]$one.NlMtu; Test = [int]$ask_mtu }
Set-Mtu ([int]$ask_index) ([int]$ask_mtu)
Complete-Run ok "the MTU is $ask_mtu until the next restart; connect now"
#: undo
Assert-Admin
$saved = Open-Saved
if ((Get-One ([int]$saved.Index)).NlMtu -eq $saved.Test) { Set-Mtu ([int]$saved.Index) ([long]$saved.Mtu) } else { Skip-Changed 'the MTU (a restart has put it back already, or somebody did)' }
Close-Saved
Complete-Run ok "the MTU is $((Get-One ([int]$saved.Index)).NlMtu)"
#: verify
if ((Get-One ([int]$ask_index)).NlMtu -gt [int]$ask_mtu) { Stop-Run failed 'the MTU is not set' }
Complete-Run ok 'the MTU is set; connect, and look again with rdpwhy'
