# remedy: secure-channel-repair
# for: nla-no-dc
# where: server
# system: windows
# order: 30
# risk: low
# title: repair the server's trust with its domain
# why: When the machine's own password no longer matches the domain's, no domain user passes NLA. The repair makes a new machine password;
#    it does not leave the domain.
# when: events 5719 or 3210 of NETLOGON, an account of the server itself (HOST\user) passes NLA, and a domain controller can be reached
# needs: an elevated PowerShell on the server as a user of the domain who may reset the machine's account; a reachable domain controller
# saves: nothing, because only the machine's password changes, which nobody knows
# reverts: nothing to put back, because the old machine password is what did not work
# restarts: nothing
# unconfirmed: that it works as SYSTEM without -Credential; through Run Command, SSM and the like give a domain account by hand
# source: ms-secure-channel ms-vm-cannot-connect
#: setup
function Assert-Domain { if (-not (Get-CimInstance Win32_ComputerSystem).PartOfDomain) { Stop-Run failed 'this machine is in no domain' } }
#: look
Assert-Admin
Assert-Domain
if (Test-ComputerSecureChannel) { Stop-Run nothing-to-do 'the trust is whole; look at DNS, time and the way to the domain controller' }
Complete-Run ok 'the trust is broken and would be repaired'
#: apply
Assert-Admin
Assert-Domain
if (Test-ComputerSecureChannel) { Stop-Run nothing-to-do 'the trust is whole; look at DNS, time and the way to the domain controller' }
if (-not (Test-ComputerSecureChannel -Repair)) { Stop-Run failed 'not repaired; run it as a domain user who may reset the account of this machine: Test-ComputerSecureChannel -Repair -Credential (Get-Credential)' }
Complete-Run ok 'the trust is repaired'
#: verify
if (-not (Test-ComputerSecureChannel)) { Stop-Run failed 'the trust is still broken' }
Complete-Run ok 'the trust is whole; log on anew'
