    $script:Lines = 0
    $script:Sum = 0
    $script:Tokens = @{}
    function Write-Line([string] $text) {
        foreach ($letter in $text.ToCharArray()) { $script:Sum = ($script:Sum + [int] $letter) % 65536 }
        Write-Output $text
    }
    function ConvertTo-Field($value) {
        if ($null -eq $value) { return '' }
        if ($value -is [DateTime]) { $value = $value.ToUniversalTime().ToString('yyyy-MM-ddTHH:mm:ssZ', [Globalization.CultureInfo]::InvariantCulture) }
        if ($value -is [bool]) { $value = if ($value) { 'yes' } else { 'no' } }
        $text = ([string] $value).Trim()
        if ($text.Length -gt 160) { $text = $text.Substring(0, 157) + '...' }
        $out = New-Object Text.StringBuilder
        foreach ($byte in [Text.Encoding]::UTF8.GetBytes($text)) {
            $letter = [char] $byte
            if ($byte -eq 32) { [void] $out.Append('+') }
            elseif ($byte -lt 127 -and [string] $letter -match '[A-Za-z0-9._:/\\,(){}*=-]') { [void] $out.Append($letter) }
            else { [void] $out.AppendFormat('%{0:X2}', $byte) }
        }
        return $out.ToString()
    }
    function Hide([string] $text, [string] $class) {
        if (-not $Redact -or -not $text) { return $text }
        $key = $class + $text.ToLowerInvariant()
        if (-not $script:Tokens.ContainsKey($key)) { $script:Tokens[$key] = $class + ($script:Tokens.Count + 1) }
        return $script:Tokens[$key]
    }
    function Out-Record([string] $key, [object[]] $values) {
        $fields = @(foreach ($value in $values) { ConvertTo-Field $value })
        $script:Lines++
        Write-Line ('@' + $key + '=' + ($fields -join '|'))
    }
    function Read-Part([string] $name, [scriptblock] $part) {
        try { & $part } catch { Out-Record 'unread' @($name, $_.Exception.GetType().Name) }
    }
    function Out-Values([string] $prefix, [string] $path, [string[]] $names) {
        $item = Get-ItemProperty -LiteralPath $path -ErrorAction SilentlyContinue
        if ($null -eq $item) { return }
        foreach ($name in $names) {
            $found = $item.PSObject.Properties[$name]
            if ($null -ne $found) { Out-Record ($prefix + '.' + $name) @($found.Value) }
        }
    }
