# For what belongs to the logged-on user: the saved state lies in the user's own folder, and no administrator is needed.
$run.State = Join-Path $env:LOCALAPPDATA "rdpwhy\$rdpwhy_remedy"
$run.Trusted = @([Security.Principal.WindowsIdentity]::GetCurrent().User.Value) + $run.Trusted
