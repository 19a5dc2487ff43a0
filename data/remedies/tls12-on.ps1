# remedy: tls12-on
# for: tls-no-common client-too-old
# where: server
# system: windows
# order: 10
# with: registry
# risk: low
# title: switch TLS 1.2 on, for the server and the client side of this machine
# why: Hardening sometimes switches TLS 1.2 off together with the old versions. Only values that switch it off are changed; TLS 1.0
#    and 1.1 stay as they are: nothing that is still supported needs them.
# when: event 36871 or 36874, or a scan that finds no TLS 1.2. Run it on the side that lacks it
# needs: an elevated PowerShell on that machine; a restart of the machine afterwards
# saves: the four values, in ProgramData\rdpwhy\tls12-on
# reverts: undo writes the four values back; again a restart of the machine
# restarts: nothing by itself; the change counts after the machine is restarted, which you do when it suits
# source: ms-tls-settings ms-internal ms-tls-ssl
#: setup
$protocol = 'HKLM:\SYSTEM\CurrentControlSet\Control\SecurityProviders\SCHANNEL\Protocols\TLS 1.2'
$values = @(
    @{ Path = "$protocol\Server"; Name = 'Enabled'; Kind = 'DWord'; Want = 1; NotZero = $true }
    @{ Path = "$protocol\Server"; Name = 'DisabledByDefault'; Kind = 'DWord'; Want = 0 }
    @{ Path = "$protocol\Client"; Name = 'Enabled'; Kind = 'DWord'; Want = 1; NotZero = $true }
    @{ Path = "$protocol\Client"; Name = 'DisabledByDefault'; Kind = 'DWord'; Want = 0 }
)
# From Windows 8 and Server 2012 on, a value that does not exist means "on".
if ([Environment]::OSVersion.Version -ge [Version]'6.2') { foreach ($one in $values) { $one.Absent = $true } }
function Show-Suites {
    $suites = Read-Value 'HKLM:\SOFTWARE\Policies\Microsoft\Cryptography\Configuration\SSL\00010002' 'Functions'
    if ($suites.Existed) { 'a policy sets the cipher suites (SSL Cipher Suite Order): when it names none that the other side has, TLS 1.2 alone does not help' }
}
#: look
Assert-Admin
$wrong = @(Find-Wrong)
Show-Suites
if ($wrong.Count -eq 0) { Stop-Run nothing-to-do 'nothing switches TLS 1.2 off here' }
Complete-Run ok "$($wrong.Count) value(s) would be set"
#: apply
Assert-Admin
$wrong = @(Find-Wrong)
Show-Suites
if ($wrong.Count -eq 0) { Stop-Run nothing-to-do 'nothing switches TLS 1.2 off here' }
New-Saved
Save-Manifest @{ Values = @(Get-Values) }
Set-Wanted $wrong
Complete-Run ok "$($wrong.Count) value(s) are set; they count after a restart of the machine"
#: undo
Assert-Admin
$saved = Open-Saved
Restore-Values $saved.Values
Close-Saved
Complete-Run ok 'the values are back; they count after a restart of the machine'
#: verify
if (@(Find-Wrong -Quiet).Count -gt 0) { Stop-Run failed 'the values are not as they should be (a policy?)' }
Complete-Run ok 'TLS 1.2 is on; after a restart look from outside with rdpwhy'
