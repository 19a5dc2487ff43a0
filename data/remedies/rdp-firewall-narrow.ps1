# remedy: rdp-firewall-narrow
# for: brute-force listener-overload
# where: server
# system: windows
# order: 10
# asks: from | cidr | - | who may go on connecting; your own address has to be in it
# risk: low
# title: let only known addresses reach Remote Desktop
# why: Strangers who try passwords without pause overload the listener. Enabled rules of the Remote Desktop group that admit everybody
#    get one source. Whoever is not in it can no longer connect, so keep another way in open.
# when: event 4625 about every second, or events 1006 or 140 from many addresses, and the port is open to the internet
# needs: an elevated PowerShell on the server; another way in (console, Serial Console, Run Command) in case the source is wrong
# saves: the source addresses of each changed rule, in ProgramData\rdpwhy\rdp-firewall-narrow
# reverts: undo writes the old source addresses back: the port is then open again as before
# restarts: nothing; connections that exist stay
# source: ms-brute-force ms-firewall-rule
#: setup
$group = '@FirewallAPI.dll,-28752'
function Get-Sources($Rule) { @(($Rule | Get-NetFirewallAddressFilter).RemoteAddress) }
function Find-Wide {
    foreach ($one in @(Get-NetFirewallRule -Group $group -ErrorAction SilentlyContinue)) {
        if ([string]$one.Enabled -ne 'True') { continue }
        $sources = @(Get-Sources $one)
        Write-Host "$($one.Name): from $($sources -join ' ')"
        if ($sources -contains 'Any') { $one }
    }
}
#: look
Assert-Admin
$wide = @(Find-Wide)
if ($wide.Count -eq 0) { Stop-Run nothing-to-do 'no enabled rule of the group admits everybody; look at rules of your own and at the router' }
Complete-Run ok "$($wide.Count) rule(s) would admit $ask_from only"
#: apply
Assert-Admin
$wide = @(Find-Wide)
if ($wide.Count -eq 0) { Stop-Run nothing-to-do 'no enabled rule of the group admits everybody; look at rules of your own and at the router' }
New-Saved
$rules = @($wide | ForEach-Object { @{ Name = $_.Name; Sources = @(Get-Sources $_); After = @() } })
Save-Manifest @{ Rules = $rules }
foreach ($one in $wide) { Set-NetFirewallRule -Name $one.Name -RemoteAddress $ask_from }
# As Windows writes it, so that undo sees whether somebody changed it since.
foreach ($one in $rules) { $one.After = @(Get-Sources (Get-NetFirewallRule -Name $one.Name)) }
Save-Manifest @{ Rules = $rules }
Complete-Run ok "$($wide.Count) rule(s) admit $ask_from only"
#: undo
Assert-Admin
$saved = Open-Saved
$known = @(Get-NetFirewallRule -Group $group -ErrorAction SilentlyContinue | ForEach-Object { $_.Name })
foreach ($one in @($saved.Rules)) {
    if ($known -notcontains $one.Name) { Stop-Run failed 'the saved state names a rule that is not of the Remote Desktop group' }
    if (@($one.After).Count -gt 0 -and (@($one.After) -join ' ') -ne (@(Get-Sources (Get-NetFirewallRule -Name $one.Name)) -join ' ')) { Skip-Changed $one.Name; continue }
    Set-NetFirewallRule -Name $one.Name -RemoteAddress ([string[]]@($one.Sources))
}
Close-Saved
Complete-Run ok 'the old source addresses are back'
#: verify
if (@(Find-Wide).Count -gt 0) { Stop-Run failed 'a rule still admits everybody' }
Complete-Run ok 'no rule of the group admits everybody'
