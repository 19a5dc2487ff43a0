# remedy: rdp-firewall-rule
# for: firewall-blocks firewall-profile-public rdp-disabled
# where: server
# system: windows
# order: 10
# asks: port | port | 3389 | the RDP port
# asks: from | cidr | - | who may connect: an address and a prefix length, such as 203.0.113.7/32
# risk: low
# title: let one address in through the host's firewall
# why: A rule of its own, for the RDP port over TCP and one source only, in every profile. The built-in rules stay as they are.
# when: controls answer from the host, the port is silent, and the filter is the host's own firewall
# needs: an elevated PowerShell on the server, Windows 8 or Server 2012 or later
# saves: nothing is changed: a rule named rdpwhy-rdp is added, and noted in ProgramData\rdpwhy\rdp-firewall-rule
# reverts: undo removes the rule rdpwhy-rdp
# restarts: nothing
# source: ms-unattend-firewall ms-firewall-rule ms-internal-vm
#: setup
function Get-Own { Get-NetFirewallRule -Name 'rdpwhy-rdp' -ErrorAction SilentlyContinue }
# Where a policy forbids local rules, a rule made here does nothing.
function Assert-LocalRules {
    foreach ($one in Get-NetFirewallProfile -PolicyStore ActiveStore) {
        "profile $($one.Name): on $($one.Enabled), local rules count: $($one.AllowLocalFirewallRules)"
    }
}
#: look
Assert-Admin
Assert-LocalRules
Get-NetFirewallRule -Group '@FirewallAPI.dll,-28752' -ErrorAction SilentlyContinue | ForEach-Object { "built-in rule $($_.Name): enabled $($_.Enabled), profiles $($_.Profile)" }
if (Get-Own) { Stop-Run nothing-to-do 'the rule rdpwhy-rdp is already there' }
Complete-Run ok "a rule would let $ask_from in to port $ask_port"
#: apply
Assert-Admin
Assert-LocalRules
if (Get-Own) { Stop-Run nothing-to-do 'the rule rdpwhy-rdp is already there' }
New-Saved
Save-Manifest @{ Rule = 'rdpwhy-rdp' }
New-NetFirewallRule -Name 'rdpwhy-rdp' -DisplayName 'rdpwhy-rdp' -Direction Inbound -Action Allow -Protocol TCP -LocalPort $ask_port -RemoteAddress $ask_from -Profile Any | Out-Null
Complete-Run ok "$ask_from may reach port $ask_port"
#: undo
Assert-Admin
$saved = Open-Saved
if (Get-Own) { Remove-NetFirewallRule -Name 'rdpwhy-rdp' }
Close-Saved
Complete-Run ok 'the rule is gone'
#: verify
$own = Get-Own
if (-not $own) { Stop-Run failed 'the rule is not there' }
if ([string]$own.Enabled -ne 'True') { Stop-Run failed 'the rule is not enabled' }
Complete-Run ok 'the rule is enabled; a block rule or a policy may still win, so look from outside with rdpwhy'
