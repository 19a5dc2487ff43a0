# A test that ends by itself: a task of the system puts the saved registry values back after some minutes, or when the
# machine starts, and removes itself. It is registered before anything is changed. A value that somebody changed during
# the test stays as they set it. Needs "with: registry" too, and values that are numbers.
function Register-PutBack([int]$Minutes, $Entries, [string]$Also = '') {
    $lines = @()
    foreach ($one in @($Entries | Where-Object { $_.Set })) {
        $lines += "if ((Get-ItemProperty -LiteralPath '$($one.Path)' -Name '$($one.Name)' -ErrorAction SilentlyContinue).'$($one.Name)' -eq $($one.Want)) {"
        if ($one.Existed) {
            $lines += "New-ItemProperty -LiteralPath '$($one.Path)' -Name '$($one.Name)' -PropertyType $($one.Kind) -Value $($one.Value) -Force"
        } else {
            $lines += "Remove-ItemProperty -LiteralPath '$($one.Path)' -Name '$($one.Name)' -ErrorAction SilentlyContinue"
        }
        $lines += '}'
    }
    if ($Also -ne '') { $lines += $Also }
    $lines += "Move-Item -LiteralPath '$($run.State)' -Destination ('$($run.State).undone-' + [DateTime]::UtcNow.ToString('yyyyMMdd-HHmmss'))"
    $lines += "Unregister-ScheduledTask -TaskName 'rdpwhy $rdpwhy_remedy' -Confirm:" + '$false'
    $code = [Convert]::ToBase64String([Text.Encoding]::Unicode.GetBytes($lines -join "`r`n"))
    $task = @{
        TaskName = "rdpwhy $rdpwhy_remedy"
        Action = New-ScheduledTaskAction -Execute 'powershell.exe' -Argument "-NoProfile -NonInteractive -EncodedCommand $code"
        Trigger = @((New-ScheduledTaskTrigger -Once -At (Get-Date).AddMinutes($Minutes)), (New-ScheduledTaskTrigger -AtStartup))
        Settings = New-ScheduledTaskSettingsSet -AllowStartIfOnBatteries -DontStopIfGoingOnBatteries -StartWhenAvailable
        Principal = New-ScheduledTaskPrincipal -UserId 'S-1-5-18' -LogonType ServiceAccount -RunLevel Highest
    }
    Register-ScheduledTask @task -Force | Out-Null
    if (-not (Get-ScheduledTask -TaskName $task.TaskName -ErrorAction SilentlyContinue)) { throw 'the task that ends this test could not be made' }
    "ends by itself in $Minutes minutes, or when the machine starts"
}
function Remove-PutBack {
    if (Get-ScheduledTask -TaskName "rdpwhy $rdpwhy_remedy" -ErrorAction SilentlyContinue) {
        Unregister-ScheduledTask -TaskName "rdpwhy $rdpwhy_remedy" -Confirm:$false
    }
}
