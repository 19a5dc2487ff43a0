# remedy: nic-offload-off
# for: nic-offload-bug
# where: server
# system: windows
# order: 10
# asks: adapter | label | - | the network connection's name, such as Ethernet 2
# risk: low
# title: test: without receive coalescing and large sends on one network card
# why: A faulty driver damages or loses packets in its offload functions. When the drops stop without them, the driver wants updating.
#    More work for the processor meanwhile.
# when: drops that no hop on the way explains, and a driver that is old or new
# needs: an elevated PowerShell on the machine, Windows 8 or Server 2012 or later; another way in: the card restarts
# saves: which of the functions were on, in ProgramData\rdpwhy\nic-offload-off
# reverts: undo switches on again what was on
# restarts: the network card, for seconds: connections over it may break
# source: ms-rsc-lso wg-vyatta-112
#: setup
function Get-State([string]$Name) {
    $rsc = Get-NetAdapterRsc -Name $Name -ErrorAction SilentlyContinue
    $lso = Get-NetAdapterLso -Name $Name -ErrorAction SilentlyContinue
    @{
        Rsc4 = [bool]($rsc -and $rsc.IPv4Enabled); Rsc6 = [bool]($rsc -and $rsc.IPv6Enabled)
        Lso4 = [bool]($lso -and $lso.IPv4Enabled); Lso6 = [bool]($lso -and $lso.IPv6Enabled)
    }
}
function Test-Any($State) { $State.Rsc4 -or $State.Rsc6 -or $State.Lso4 -or $State.Lso6 }
function Assert-Adapter { if (-not (Get-NetAdapter -Name $ask_adapter -ErrorAction SilentlyContinue)) { Stop-Run failed 'there is no network connection of that name' } }
#: look
Assert-Adapter
$state = Get-State $ask_adapter
"RSC: IPv4 $($state.Rsc4), IPv6 $($state.Rsc6); LSO: IPv4 $($state.Lso4), IPv6 $($state.Lso6)"
if (-not (Test-Any $state)) { Stop-Run nothing-to-do 'none of the functions is on' }
Complete-Run ok 'what is on would be switched off'
#: apply
Assert-Admin
Assert-Adapter
$state = Get-State $ask_adapter
if (-not (Test-Any $state)) { Stop-Run nothing-to-do 'none of the functions is on' }
New-Saved
Save-Manifest @{ Adapter = $ask_adapter; State = $state }
$four = @{ Name = $ask_adapter; IPv4 = $true }
$six = @{ Name = $ask_adapter; IPv6 = $true }
if ($state.Rsc4) { Disable-NetAdapterRsc @four }
if ($state.Rsc6) { Disable-NetAdapterRsc @six }
if ($state.Lso4) { Disable-NetAdapterLso @four }
if ($state.Lso6) { Disable-NetAdapterLso @six }
Complete-Run ok 'the functions are off; see whether the drops stop'
#: undo
Assert-Admin
$saved = Open-Saved
$four = @{ Name = [string]$saved.Adapter; IPv4 = $true }
$six = @{ Name = [string]$saved.Adapter; IPv6 = $true }
if ($saved.State.Rsc4) { Enable-NetAdapterRsc @four }
if ($saved.State.Rsc6) { Enable-NetAdapterRsc @six }
if ($saved.State.Lso4) { Enable-NetAdapterLso @four }
if ($saved.State.Lso6) { Enable-NetAdapterLso @six }
Close-Saved
Complete-Run ok 'what was on is on again'
#: verify
if (Test-Any (Get-State $ask_adapter)) { Stop-Run failed 'a function is still on' }
Complete-Run ok 'the functions are off'
