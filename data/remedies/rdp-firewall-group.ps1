# remedy: rdp-firewall-group
# for: firewall-blocks firewall-profile-public rdp-disabled
# where: server
# system: windows
# order: 20
# asks: from | cidr | - | who may connect: an address and a prefix length, such as 203.0.113.0/28
# risk: low
# title: enable the built-in Remote Desktop rules, for one source
# why: Windows has rules of its own for Remote Desktop (TCP and UDP). They are found by their resource name, which no translation
#    changes. Those that were off are enabled for the source asked for only; those that were on are not touched.
# when: look shows that the built-in rules are off, and UDP is wanted too
# needs: an elevated PowerShell on the server, Windows 8 or Server 2012 or later
# saves: state and source addresses of each changed rule, in ProgramData\rdpwhy\rdp-firewall-group
# reverts: undo disables what it enabled and writes the old source addresses back
# restarts: nothing
# source: ms-unattend-firewall ms-firewall-rule ms-internal-vm
#: setup
$group = '@FirewallAPI.dll,-28752'
# The two rules of the listener; the third of the group is for shadowing sessions and stays as it is.
function Get-Rules { @(Get-NetFirewallRule -Group $group -ErrorAction SilentlyContinue | Where-Object { $_.Name -like 'RemoteDesktop-UserMode-In-*' }) }
function Find-Off {
    $rules = @(Get-Rules)
    if ($rules.Count -eq 0) { Stop-Run failed 'the built-in rules are missing; take rdp-firewall-rule' }
    foreach ($one in $rules) {
        Write-Host "$($one.Name): enabled $($one.Enabled), profiles $($one.Profile)"
        if ([string]$one.Enabled -ne 'True') { $one }
    }
}
function Get-Sources($Rule) { @(($Rule | Get-NetFirewallAddressFilter).RemoteAddress) }
#: look
Assert-Admin
$off = @(Find-Off)
if ($off.Count -eq 0) { Stop-Run nothing-to-do 'the built-in rules are on; another rule, a policy or another filter blocks' }
Complete-Run ok "$($off.Count) rule(s) would be enabled for $ask_from"
#: apply
Assert-Admin
$off = @(Find-Off)
if ($off.Count -eq 0) { Stop-Run nothing-to-do 'the built-in rules are on; another rule, a policy or another filter blocks' }
New-Saved
$rules = @($off | ForEach-Object { @{ Name = $_.Name; Sources = @(Get-Sources $_); After = @() } })
Save-Manifest @{ Rules = $rules }
foreach ($one in $off) { Set-NetFirewallRule -Name $one.Name -RemoteAddress $ask_from -Enabled True }
# As Windows writes it, so that undo sees whether somebody changed it since.
foreach ($one in $rules) { $one.After = @(Get-Sources (Get-NetFirewallRule -Name $one.Name)) }
Save-Manifest @{ Rules = $rules }
Complete-Run ok "$($off.Count) rule(s) are on for $ask_from"
#: undo
Assert-Admin
$saved = Open-Saved
foreach ($one in @($saved.Rules)) {
    if ($one.Name -notlike 'RemoteDesktop-UserMode-In-*') { Stop-Run failed 'the saved state names a rule that is not one of these' }
    if (@($one.After).Count -gt 0 -and (@($one.After) -join ' ') -ne (@(Get-Sources (Get-NetFirewallRule -Name $one.Name)) -join ' ')) { Skip-Changed $one.Name; continue }
    Set-NetFirewallRule -Name $one.Name -Enabled False -RemoteAddress ([string[]]@($one.Sources))
}
Close-Saved
Complete-Run ok 'the rules are off again, with their old addresses'
#: verify
if (@(Find-Off).Count -gt 0) { Stop-Run failed 'a rule is still off' }
Complete-Run ok 'the rules are on; a policy may still win, so look from outside with rdpwhy'
