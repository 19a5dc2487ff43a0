# remedy: rdp-right
# for: no-rdp-right logon-type-denied
# where: server
# system: windows
# order: 10
# asks: account | account | - | who may connect: DOMAIN\user, HOST\user or a group
# risk: low
# title: add one account to Remote Desktop Users
# why: The password is right, but the account may not log on by Remote Desktop. The group is found by its SID, S-1-5-32-555, which no
#    translation changes. A deny policy (SeDenyRemoteInteractiveLogonRight) would still win.
# when: event 4625 with 0xC000015B, or "the connection was denied because the user account is not authorized for remote login"
# needs: an elevated PowerShell on the server, which is no domain controller; the word of whoever decides who may log on there
# saves: the account's SID, in ProgramData\rdpwhy\rdp-right
# reverts: undo takes the account out of the group again
# restarts: nothing
# source: ms-local-group ms-erref
#: setup
function Get-Sid {
    try { (New-Object Security.Principal.NTAccount $ask_account).Translate([Security.Principal.SecurityIdentifier]).Value }
    catch { Stop-Run failed "no account $ask_account is known here" }
}
# Asked of the group itself; Get-LocalGroupMember fails when a member can no longer be named.
function Test-Member([string]$Sid) {
    $group = [ADSI]("WinNT://./" + (New-Object Security.Principal.SecurityIdentifier 'S-1-5-32-555').Translate([Security.Principal.NTAccount]).Value.Split('\')[-1] + ',group')
    foreach ($one in @($group.Invoke('Members'))) {
        $bytes = $one.GetType().InvokeMember('objectSid', 'GetProperty', $null, $one, $null)
        if ((New-Object Security.Principal.SecurityIdentifier ([byte[]]$bytes), 0).Value -eq $Sid) { return $true }
    }
    $false
}
#: look
Assert-Admin
if (Test-Member (Get-Sid)) { Stop-Run nothing-to-do 'the account is in the group; look for a policy that denies the logon' }
Complete-Run ok "$ask_account would be added to Remote Desktop Users"
#: apply
Assert-Admin
$sid = Get-Sid
if (Test-Member $sid) { Stop-Run nothing-to-do 'the account is in the group; look for a policy that denies the logon' }
New-Saved
Save-Manifest @{ Sid = $sid }
Add-LocalGroupMember -SID 'S-1-5-32-555' -Member $sid
Complete-Run ok "$ask_account is in Remote Desktop Users"
#: undo
Assert-Admin
$saved = Open-Saved
if ($saved.Sid -notmatch '^S-1-[0-9-]+$') { Stop-Run failed 'the saved state is not one of this repair' }
if (Test-Member $saved.Sid) { Remove-LocalGroupMember -SID 'S-1-5-32-555' -Member $saved.Sid }
Close-Saved
Complete-Run ok 'the account is out of the group again'
#: verify
if (-not (Test-Member (Get-Sid))) { Stop-Run failed 'the account is not in the group' }
Complete-Run ok 'the account is in the group; log on anew'
