# remedy: rdp-security-layer
# for: security-layer-mismatch listener-misconfigured
# where: server
# system: windows
# order: 10
# with: registry
# risk: low
# title: set the listener's security back to negotiation with NLA
# why: SecurityLayer 0 (left behind by Azure's ResetRDPCert, among others) makes the server refuse TLS and NLA. What is too
#    low goes to SecurityLayer 2 (TLS), UserAuthentication 1 (NLA), MinEncryptionLevel 3 (high); what is sane stays.
# when: the server answers TLS with failure 2 (SSL_NOT_ALLOWED_BY_SERVER), or look shows SecurityLayer 0
# needs: an elevated PowerShell on the server
# saves: the three values, in ProgramData\rdpwhy\rdp-security-layer
# reverts: undo writes the three saved values back, and removes those that did not exist
# restarts: nothing; new connections use the new values
# unconfirmed: that no restart of TermService is needed on every Windows version
# source: gh-azure-support-scripts ms-listener-security
#: setup
$listener = 'HKLM:\SYSTEM\CurrentControlSet\Control\Terminal Server\WinStations\RDP-Tcp'
$policy = 'HKLM:\SOFTWARE\Policies\Microsoft\Windows NT\Terminal Services'
$values = @(
    @{ Path = $listener; Name = 'SecurityLayer'; Kind = 'DWord'; Want = 2; Least = 1 }
    @{ Path = $listener; Name = 'UserAuthentication'; Kind = 'DWord'; Want = 1 }
    @{ Path = $listener; Name = 'MinEncryptionLevel'; Kind = 'DWord'; Want = 3; Least = 2 }
)
# A policy wins over the listener's own values and comes back at every refresh: it has to be changed where it is made.
function Find-Policy {
    foreach ($want in $values) {
        $now = Read-Value $policy $want.Name
        if ($now.Existed -and -not (Test-Right $want $now)) { "$($want.Name)=$($now.Value)" }
    }
}
#: look
Assert-Admin
$wrong = @(Find-Wrong)
$forced = @(Find-Policy)
if ($forced.Count -gt 0) { Stop-Run failed "a policy sets $($forced -join ', '); find it with: gpresult /h report.html" }
if ($wrong.Count -eq 0) { Stop-Run nothing-to-do 'all three values are as they should be' }
Complete-Run ok "$($wrong.Count) of 3 values would be changed"
#: apply
Assert-Admin
$forced = @(Find-Policy)
if ($forced.Count -gt 0) { Stop-Run failed "a policy sets $($forced -join ', '); find it with: gpresult /h report.html" }
$wrong = @(Find-Wrong)
if ($wrong.Count -eq 0) { Stop-Run nothing-to-do 'all three values are as they should be' }
New-Saved
Save-Manifest @{ Values = @(Get-Values) }
Set-Wanted $wrong
Complete-Run ok "$($wrong.Count) values are set"
#: undo
Assert-Admin
$saved = Open-Saved
Restore-Values $saved.Values
Close-Saved
Complete-Run ok "the values are again as they were at $($saved.Made)"
#: verify
if (@(Find-Wrong -Quiet).Count -gt 0) { Stop-Run failed 'the values are not as they should be' }
Complete-Run ok 'TLS, NLA and encryption are on in the listener; connect anew'
