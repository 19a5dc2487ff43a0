# Cuts live RDP users off; their sessions stay, they can connect again. SessionEnv makes and binds certificates.
function Restart-Rdp([string[]]$Names = @('SessionEnv', 'TermService')) {
    $wrong = @()
    # One that does not start must not keep the next one from starting.
    foreach ($name in $Names) {
        try {
            if ((Get-Service -Name $name).Status -eq 'Running') {
                Restart-Service -Name $name -Force -WarningAction SilentlyContinue
            } else {
                Start-Service -Name $name -WarningAction SilentlyContinue
            }
        } catch { $wrong += $_.Exception.Message }
    }
    if ($wrong.Count -gt 0) { throw ($wrong -join '; ') }
}
