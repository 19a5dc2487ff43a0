# Registry values. The remedy's setup lists what it may touch: $values = @(@{ Path; Name; Kind; Want }, ...); Want = $null
# means that the value should not exist; with Least (Most), everything from there upwards (downwards) is right too; with
# Absent, so is none; with NotZero, every other number. With Quiet, Find-Wrong does not print it.
function Read-Value([string]$Path, [string]$Name) {
    $one = @{ Path = $Path; Name = $Name; Existed = $false; Kind = ''; Value = $null }
    if (Test-Path -LiteralPath $Path) {
        $key = Get-Item -LiteralPath $Path
        if ($key.GetValueNames() -contains $Name) {
            $one.Existed = $true
            $one.Kind = [string]$key.GetValueKind($Name)
            $one.Value = $key.GetValue($Name, $null, 'DoNotExpandEnvironmentNames')
        }
    }
    $one
}
function Write-Value([string]$Path, [string]$Name, [string]$Kind, $Value) {
    if ($null -eq $Value) {
        if ((Read-Value $Path $Name).Existed) { Remove-ItemProperty -LiteralPath $Path -Name $Name }
        return
    }
    if (-not (Test-Path -LiteralPath $Path)) { New-Item -Path $Path -Force | Out-Null }
    New-ItemProperty -LiteralPath $Path -Name $Name -Value $Value -PropertyType $Kind -Force | Out-Null
}
# Bytes and lists compare like numbers and words.
function Test-Same($A, $B) { (@($A) -join ',') -eq (@($B) -join ',') }
function Test-Right($Want, $Now) {
    if ($null -eq $Want.Want) { return -not $Now.Existed }
    if (-not $Now.Existed) { return $Want.ContainsKey('Absent') }
    if ($Want.ContainsKey('NotZero')) { return $Now.Value -ne 0 }
    if ($Want.ContainsKey('Most')) { return $Now.Value -le $Want.Most }
    if ($Want.ContainsKey('Least')) { return $Now.Value -ge $Want.Least }
    Test-Same $Now.Value $Want.Want
}
# Those of $values that are not as wanted; prints every one of them.
function Find-Wrong([switch]$Quiet) {
    foreach ($want in $values) {
        $now = Read-Value $want.Path $want.Name
        $is = if ($now.Existed) { $now.Value } else { '(none)' }
        $should = if ($null -eq $want.Want) { '(none)' } else { $want.Want }
        if (-not $Quiet -and -not $want.ContainsKey('Quiet')) { Write-Host "$($want.Name): is $is, should be $should" }
        if (-not (Test-Right $want $now)) { $want }
    }
}
# For the manifest, before anything is set; Set says whether apply is going to change it, Want into what.
function Get-Values {
    foreach ($want in $values) {
        $one = Read-Value $want.Path $want.Name
        $one.Want = $want.Want
        $one.Set = -not (Test-Right $want $one)
        $one
    }
}
function Set-Wanted($Wrong) { foreach ($want in @($Wrong)) { Write-Value $want.Path $want.Name $want.Kind $want.Want } }
# Puts back what was saved, but only values that this script itself names, that apply set, and that nobody changed since.
function Restore-Values($Entries) {
    foreach ($one in @($Entries)) {
        $own = @($values | Where-Object { $_.Path -eq $one.Path -and $_.Name -eq $one.Name })
        if ($own.Count -ne 1) { Stop-Run failed "the saved state names $($one.Path) $($one.Name), which is not this repair's" }
        if (-not $one.Set) { continue }
        $now = Read-Value $one.Path $one.Name
        if ($now.Existed -eq $one.Existed -and (Test-Same $now.Value $one.Value)) { continue }
        if ($now.Existed -eq ($null -eq $one.Want) -or ($now.Existed -and -not (Test-Same $now.Value $one.Want))) {
            Skip-Changed $one.Name
            continue
        }
        if (-not $one.Existed) { Write-Value $one.Path $one.Name '' $null; continue }
        $value = $one.Value
        if ($one.Kind -eq 'Binary') { $value = [byte[]]@($value) }
        if ($one.Kind -eq 'MultiString') { $value = [string[]]@($value) }
        Write-Value $one.Path $one.Name $one.Kind $value
    }
}
