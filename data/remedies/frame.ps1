# What stands round the sections of a PowerShell remedy. docs/add-a-remedy.md says what it gives them.
#: begin
& {
Set-StrictMode -Version 2.0
$ErrorActionPreference = 'Stop'
# Many cmdlets (NetSecurity, ScheduledTasks and their like) are functions of a module and do not see the line above.
$PSDefaultParameterValues = @{ '*:ErrorAction' = 'Stop' }
$ProgressPreference = 'SilentlyContinue'
$run = @{ Result = ''; State = Join-Path $env:ProgramData "rdpwhy\$rdpwhy_remedy"; Trusted = 'S-1-5-32-544', 'S-1-5-18'; Kept = 0 }

# The last line of the output. Stop-Run also leaves the section.
function Complete-Run([string]$Word, [string]$Words) {
    if ($run.Kept -gt 0) { $Words += "; left as it is, because it was changed since: $($run.Kept), see above" }
    $run.Result = "${Word}: $Words"
}
function Stop-Run([string]$Word, [string]$Words) { throw "${Word}: $Words" }
# For undo: what somebody changed after apply is theirs.
function Skip-Changed([string]$What) {
    $run.Kept += 1
    Write-Host "left as it is: $What was changed since"
}

function Assert-Admin {
    $me = [Security.Principal.WindowsPrincipal][Security.Principal.WindowsIdentity]::GetCurrent()
    if (-not $me.IsInRole([Security.Principal.WindowsBuiltInRole]::Administrator)) {
        Stop-Run failed 'run this in a PowerShell that was started as administrator'
    }
    if ([Environment]::Is64BitOperatingSystem -and -not [Environment]::Is64BitProcess) {
        Stop-Run failed 'run this in the 64-bit PowerShell'
    }
}

# A program's output as lines; a status other than 0 is a failure. (With Stop, 5.1 dies of any word on stderr.)
function Invoke-Tool([string]$Program, [string[]]$Words) {
    $ErrorActionPreference = 'Continue'
    $lines = @(& $Program @Words 2>&1 | ForEach-Object { "$_" })
    if ($LASTEXITCODE -ne 0) { throw "$Program ended with $LASTEXITCODE ($($lines -join ' '))" }
    $lines
}

# Everybody may make folders in ProgramData, so a saved state counts only when an administrator made it.
function Assert-Owned([string]$Folder) {
    if (-not (Test-Path -LiteralPath $Folder)) { return }
    $item = Get-Item -LiteralPath $Folder -Force
    $owner = (Get-Acl -LiteralPath $Folder).GetOwner([Security.Principal.SecurityIdentifier]).Value
    if ($run.Trusted -notcontains $owner -or ($item.Attributes -band [IO.FileAttributes]::ReparsePoint)) {
        Stop-Run failed "$Folder was not made by an administrator; look into it, then remove it"
    }
}
# What was saved, or nothing.
function Get-Saved {
    Assert-Owned (Split-Path -Parent $run.State)
    Assert-Owned $run.State
    $file = Join-Path $run.State 'manifest.json'
    if (Test-Path -LiteralPath $file) { Get-Content -LiteralPath $file -Raw | ConvertFrom-Json }
}
# Makes the folder for what is saved; only administrators and the system may touch it. Never twice over one state.
function New-Saved {
    $saved = Get-Saved
    if ($saved) { Stop-Run nothing-to-do "this was applied here at $($saved.Made); undo it before applying it again" }
    if (Test-Path -LiteralPath $run.State) { Close-Saved 'incomplete' }
    foreach ($folder in (Split-Path -Parent $run.State), $run.State) {
        if (Test-Path -LiteralPath $folder) { continue }
        New-Item -ItemType Directory -Path $folder | Out-Null
        Invoke-Tool icacls.exe @($folder, '/setowner', "*$($run.Trusted[0])") | Out-Null
        $grants = $run.Trusted | ForEach-Object { "*${_}:(OI)(CI)F" }
        Invoke-Tool icacls.exe (@($folder, '/inheritance:r', '/grant:r') + $grants) | Out-Null
    }
    # Between making and closing a folder somebody may have put something into it.
    Assert-Owned (Split-Path -Parent $run.State)
    Assert-Owned $run.State
    if (@(Get-ChildItem -LiteralPath $run.State -Force).Count -gt 0) { Stop-Run failed "$($run.State) is not empty; look into it, then remove it" }
}
# Written before anything is changed.
function Save-Manifest([hashtable]$Content) {
    $Content.Remedy = $rdpwhy_remedy
    $Content.Made = [DateTime]::UtcNow.ToString('yyyy-MM-dd HH:mm:ss') + ' UTC'
    $Content | ConvertTo-Json -Depth 5 | Set-Content -LiteralPath (Join-Path $run.State 'manifest.json') -Encoding UTF8
    "saved in $($run.State)"
}
# For undo: what was saved, or an end with clear words.
function Open-Saved {
    $saved = Get-Saved
    if (-not $saved) { Stop-Run nothing-to-do "no saved state of this repair in $($run.State): not applied here, or already undone" }
    $saved
}
# After undo the state is kept under another name, so that a second undo finds nothing to do.
function Close-Saved([string]$Word = 'undone') {
    Move-Item -LiteralPath $run.State -Destination "$($run.State).$Word-$([DateTime]::UtcNow.ToString('yyyyMMdd-HHmmss'))"
}
#: open
if ($run.Result -eq '' -or $run.Result -like 'ok: *') {
try {
& {
#: close
}
} catch {
    $words = $_.Exception.Message
    if ($words -notmatch '^(failed|nothing-to-do): ') {
        $words = "failed: $words"
        if ($rdpwhy_part -eq 'apply' -and (Test-Path -LiteralPath $run.State)) { $words += '; put back what was changed with the undo of this repair' }
    }
    $run.Result = $words
}
}
#: end
if ($run.Result -eq '') { Complete-Run failed 'the script came to no result' }
'RDPWHY RESULT ' + ($run.Result -replace '\s+', ' ')
}
