# Cuts live RDP users off; their sessions stay, they can connect again. SessionEnv makes and binds certificates.
function Restart-Rdp([string[]]$Names = @('SessionEnv', 'TermService')) {
    foreach ($name in $Names) {
        if ((Get-Service -Name $name).Status -eq 'Running') {
            Restart-Service -Name $name -Force -WarningAction SilentlyContinue
        } else {
            Start-Service -Name $name -WarningAction SilentlyContinue
        }
    }
}
