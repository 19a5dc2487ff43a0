# remedy: host-no-sleep
# for: host-down
# where: server
# system: windows
# order: 20
# risk: low
# title: keep the machine from going to sleep on mains power
# why: A machine that sleeps answers nothing. Only the time until sleep on mains power is set to "never", in the power plan in use.
# when: the machine was asleep (event 42 of Kernel-Power), and it is meant to be reached at any time
# needs: an elevated PowerShell on the machine
# saves: the old number of seconds and the plan, in ProgramData\rdpwhy\host-no-sleep
# reverts: undo writes the old number back
# restarts: nothing
# source: ms-powercfg
#: setup
$sleep = '238c9fa8-0aad-41ed-83f4-97be242c8f20'
$idle = '29f6c1db-86da-48c5-9fdb-f2b67b1f44da'
function Get-Plan { [regex]::Match(((Invoke-Tool powercfg.exe @('/getactivescheme')) -join ' '), '[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}').Value }
# The last two hexadecimal numbers of the answer are the seconds on mains and on battery, in every language.
function Get-Seconds([string]$Plan) {
    $found = @([regex]::Matches(((Invoke-Tool powercfg.exe @('/query', $Plan, $sleep, $idle)) -join ' '), '0x[0-9a-f]{8}'))
    if ($found.Count -lt 2) { throw 'powercfg answered in a form that is not known here' }
    [Convert]::ToInt64($found[$found.Count - 2].Value, 16)
}
function Set-Seconds([string]$Plan, [long]$Seconds) {
    Invoke-Tool powercfg.exe @('/setacvalueindex', $Plan, $sleep, $idle, [string]$Seconds) | Out-Null
    Invoke-Tool powercfg.exe @('/setactive', $Plan) | Out-Null
}
#: look
Assert-Admin
$seconds = Get-Seconds (Get-Plan)
if ($seconds -eq 0) { Stop-Run nothing-to-do 'it never sleeps on mains power; look at the power switch, the network card, the hypervisor' }
Complete-Run ok "it sleeps after $seconds seconds; that would become never"
#: apply
Assert-Admin
$plan = Get-Plan
$seconds = Get-Seconds $plan
if ($seconds -eq 0) { Stop-Run nothing-to-do 'it never sleeps on mains power; look at the power switch, the network card, the hypervisor' }
New-Saved
Save-Manifest @{ Plan = $plan; Seconds = $seconds }
Set-Seconds $plan 0
Complete-Run ok 'it no longer sleeps on mains power'
#: undo
Assert-Admin
$saved = Open-Saved
if ($saved.Plan -notmatch '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$') { Stop-Run failed 'the saved state is not one of this repair' }
if ((Get-Seconds $saved.Plan) -eq 0) { Set-Seconds $saved.Plan ([long]$saved.Seconds) } else { Skip-Changed 'the time until sleep' }
Close-Saved
Complete-Run ok "it sleeps after $(Get-Seconds $saved.Plan) seconds again"
#: verify
if ((Get-Seconds (Get-Plan)) -ne 0) { Stop-Run failed 'it still sleeps' }
Complete-Run ok 'it no longer sleeps on mains power'
