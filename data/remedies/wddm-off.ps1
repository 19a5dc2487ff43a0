# remedy: wddm-off
# for: graphics-start-failed
# where: server
# system: windows
# order: 20
# with: registry
# risk: low
# title: test: the older display driver for sessions
# why: The logon works and the picture cannot start. With the WDDM display driver off, sessions use the older one; when that works, the
#    graphics driver wants updating. Leave it off only until then.
# when: events 40 (LocalSessionManager) or 226, 229 (RdpCoreTS) at the time of the failure
# needs: an elevated PowerShell on the server; in a domain better as a policy (Use WDDM graphics display driver)
# saves: the value, in ProgramData\rdpwhy\wddm-off
# reverts: undo writes the value back, or removes it when there was none
# restarts: nothing by itself; it counts for new sessions, at the latest after a restart of the machine
# unconfirmed: the value fEnableWddmDriver against a page of Microsoft (it is in wide use); whether the machine has to be restarted
# source: field
#: setup
$values = @(
    @{ Path = 'HKLM:\SOFTWARE\Policies\Microsoft\Windows NT\Terminal Services'; Name = 'fEnableWddmDriver'; Kind = 'DWord'; Want = 0 }
)
#: look
Assert-Admin
if (@(Find-Wrong).Count -eq 0) { Stop-Run nothing-to-do 'the WDDM driver is off for sessions' }
Complete-Run ok 'sessions would use the older display driver'
#: apply
Assert-Admin
$wrong = @(Find-Wrong)
if ($wrong.Count -eq 0) { Stop-Run nothing-to-do 'the WDDM driver is off for sessions' }
New-Saved
Save-Manifest @{ Values = @(Get-Values) }
Set-Wanted $wrong
Complete-Run ok 'new sessions use the older display driver'
#: undo
Assert-Admin
$saved = Open-Saved
Restore-Values $saved.Values
Close-Saved
Complete-Run ok 'the value is as it was'
#: verify
if (@(Find-Wrong -Quiet).Count -gt 0) { Stop-Run failed 'the value is not set (a policy?)' }
Complete-Run ok 'sessions use the older display driver; log on anew'
