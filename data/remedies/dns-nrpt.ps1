# remedy: dns-nrpt
# for: name-split-dns broker-redirect-unresolvable
# where: client
# system: windows
# order: 20
# asks: zone | hostname | - | the zone of the office, such as corp.example
# asks: server | ip | - | the name server that knows it
# risk: low
# title: send one zone's names to the name server that knows them
# why: With a VPN up, the client asks the wrong name server. A rule of the name resolution policy sends this one zone to the right server
#    and leaves every other name alone.
# when: the office's name server answers and the one that is used does not
# needs: an elevated PowerShell on the client, Windows 8 or later. A policy with such rules of its own wins over this one
# saves: the new rule's name, in ProgramData\rdpwhy\dns-nrpt; no rule that exists is changed
# reverts: undo removes the rule
# restarts: nothing
# source: ms-nrpt
#: setup
function Find-Rules { @(Get-DnsClientNrptRule | Where-Object { @($_.Namespace) -contains ".$ask_zone" }) }
#: look
$rules = @(Find-Rules)
foreach ($one in $rules) { "rule $($one.Name): $($one.Namespace) asks $($one.NameServers -join ' ')" }
if ($rules.Count -gt 0) { Stop-Run nothing-to-do 'there is a rule for this zone; correct that one' }
Complete-Run ok "names under $ask_zone would be asked of $ask_server"
#: apply
Assert-Admin
if (@(Find-Rules).Count -gt 0) { Stop-Run nothing-to-do 'there is a rule for this zone; correct that one' }
New-Saved
Save-Manifest @{ Zone = $ask_zone }
$rule = Add-DnsClientNrptRule -Namespace ".$ask_zone" -NameServers $ask_server -Comment 'rdpwhy dns-nrpt' -PassThru
Save-Manifest @{ Zone = $ask_zone; Rule = $rule.Name }
Invoke-Tool ipconfig.exe @('/flushdns') | Out-Null
Complete-Run ok 'the rule is made'
#: undo
Assert-Admin
$saved = Open-Saved
foreach ($one in @(Get-DnsClientNrptRule | Where-Object { $_.Comment -eq 'rdpwhy dns-nrpt' })) { Remove-DnsClientNrptRule -Name $one.Name -Force }
Invoke-Tool ipconfig.exe @('/flushdns') | Out-Null
Close-Saved
Complete-Run ok 'the rule is gone'
#: verify
if (@(Find-Rules).Count -eq 0) { Stop-Run failed 'the rule is not there' }
Complete-Run ok "names under $ask_zone are asked of $ask_server; now connect by the name"
