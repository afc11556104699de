#Requires -Version 5.1
<#
.SYNOPSIS
Says what this machine's Windows Update knows: updates, failures, a wanted reboot, the last install.
.DESCRIPTION
Writes one file for windows_exporter's textfile collector and, where asked, posts events to Patchhaven.
It only reads: nothing is installed or restarted. What it cannot find out it leaves out; absent is not zero.
Exit status: 0 done, 2 this is no PowerShell that can look, 3 the file could not be written, 4 an event was not accepted.
.PARAMETER Online
Ask the update server instead of what the last scan has left behind. Slow.
.PARAMETER Event
Post this one event and write no file: patch.install.started, patch.install.completed, reboot.ordered, reboot.started.
.PARAMETER IfRebootRequired
Post the event only when Windows servicing says that it needs a reboot.
#>
[CmdletBinding()]
param(
    [string] $Output = "$env:ProgramFiles\windows_exporter\textfile_inputs\patchhaven.prom",
    [switch] $Online,
    [string] $EventsUrl = '',
    [string] $TokenFile = '',
    [string] $Organization = '',
    [string] $Instance = '',
    [ValidateSet('', 'patch.install.started', 'patch.install.completed', 'reboot.ordered', 'reboot.started')]
    [string] $Event = '',
    [string] $Reason = 'told by a task of this machine',
    [switch] $IfRebootRequired
)

Set-StrictMode -Version 2.0
$ErrorActionPreference = 'Stop'

if ($ExecutionContext.SessionState.LanguageMode -ne 'FullLanguage') {
    Write-Warning "the language mode is $($ExecutionContext.SessionState.LanguageMode): allow this script in the application control policy"
    exit 2
}
# A 32-bit process sees another registry, where no reboot is ever pending.
if ([Environment]::Is64BitOperatingSystem -and -not [Environment]::Is64BitProcess) {
    Write-Warning 'this is a 32-bit PowerShell on a 64-bit Windows: run the one below System32'
    exit 2
}

$AgentVersion = '1'
$MaxListed = 200
$MaxBatch = 50
$BatchSpanSeconds = 7200
$FailureDays = 30
$HistoryEntries = 500

# OperationResultCode of the Windows Update Agent.
$InProgress = 1
$Succeeded = 2
$SucceededWithErrors = 3
$Failed = 4
$Aborted = 5
# UpdateOperation.
$Installation = 1
# UpdateType.
$Driver = 2

# Classifications by their ids: the names come in the language of the machine.
$KindOfClassification = @{
    '0fa1201d-4330-4fa8-8ae9-b877473b6441' = 'security'
    'e0789628-ce08-4437-be74-2495b842f43b' = 'definition'
    '28bc880e-0592-4cbf-8f95-c79b17911d5f' = 'rollup'
    'b54e7d24-7add-428f-8b75-90a396fa584f' = 'feature'
    '3689bdc8-b205-4af4-8d4a-a63924c5e9d5' = 'feature'
}
$Culture = [System.Globalization.CultureInfo]::InvariantCulture

# Antivirus definitions come several times a day and need no reboot: they explain none.
$DefinitionUpdate = 'Security Intelligence Update|Definition Update|KB2267602|KB915597|KB2461484'

$Checks = @{}

$Epoch = [datetime]::new(1970, 1, 1, 0, 0, 0, [DateTimeKind]::Utc)

# Windows' own times are local, those of the update agent UTC without saying so.
function ConvertTo-Epoch([datetime] $Time) {
    $utc = if ($Time.Kind -eq [DateTimeKind]::Local) { $Time.ToUniversalTime() } else { [datetime]::SpecifyKind($Time, [DateTimeKind]::Utc) }
    [long][Math]::Floor(($utc - $Epoch).TotalSeconds)
}

# Without the invariant culture some machines write other separators, or the year 2569.
function ConvertTo-Rfc3339([long] $Seconds) { $Epoch.AddSeconds($Seconds).ToString('yyyy-MM-ddTHH:mm:ssZ', $Culture) }

# The name that the domain knows; the computer's own where no name service answers.
function Get-HostName {
    try { [System.Net.Dns]::GetHostEntry('').HostName } catch { $env:COMPUTERNAME }
}

# --- what is found -------------------------------------------------------------------------------------------------

# The KB number; without one the title, where it survives as a label, else the update agent's own id.
function Get-UpdateId($Kbs, [string] $Title, $Identity) {
    foreach ($kb in $Kbs) { return "KB$kb" }
    if ($Title -match 'KB(\d{5,8})') { return "KB$($Matches[1])" }
    if ($Title -and $Title -notmatch '[^\x20-\x7e]') { return $Title }
    [string] $Identity.UpdateID
}

function Get-Kind($Update) {
    if ($Update.Type -eq $Driver) { return 'driver' }
    foreach ($category in $Update.Categories) {
        $kind = $KindOfClassification[[string] $category.CategoryID]
        if ($kind) { return $kind }
    }
    'software'
}

function Get-Severity([string] $Word) {
    switch ($Word) {
        'Critical' { 'critical' }
        'Important' { 'important' }
        'Moderate' { 'moderate' }
        'Low' { 'low' }
        default { 'unspecified' }
    }
}

# What is not installed. CVE ids go into the title: a list of exploited CVEs can then be joined.
function Get-MissingUpdates($Searcher) {
    $answer = $Searcher.Search('IsInstalled=0')
    if ($answer.ResultCode -ne $Succeeded) { throw "the search ended with result code $($answer.ResultCode)" }
    foreach ($update in $answer.Updates) {
        $cves = @($update.CveIDs | Where-Object { $_ } | Select-Object -First 5)
        [pscustomobject]@{
            Id       = Get-UpdateId $update.KBArticleIDs $update.Title $update.Identity
            Title    = (@($update.Title) + $cves) -join ' '
            Kind     = Get-Kind $update
            Severity = Get-Severity $update.MsrcSeverity
            Status   = if ($update.IsHidden) { 'rejected' } else { 'missing' }
        }
    }
}

# Attempts by the update agent, newest first, with their result codes. Not Win32_QuickFixEngineering, which knows only
# some updates and no failures.
function Get-Attempts($Searcher) {
    $count = $Searcher.GetTotalHistoryCount()
    if ($count -eq 0) { return }
    foreach ($entry in $Searcher.QueryHistory(0, [Math]::Min($count, $HistoryEntries))) {
        if ($entry.Operation -ne $Installation -or -not $entry.Title -or $entry.Title -match $DefinitionUpdate) { continue }
        [pscustomobject]@{
            Id     = Get-UpdateId @() $entry.Title $entry.UpdateIdentity
            Title  = $entry.Title
            At     = ConvertTo-Epoch $entry.Date
            Result = [int] $entry.ResultCode
            Code   = '0x{0:X8}' -f $entry.HResult
        }
    }
}

# The last attempt of each update decides: a failure that was repeated with success is none.
function Get-FailedUpdates($Attempts, [long] $Now) {
    foreach ($group in @($Attempts | Group-Object -Property Id)) {
        $last = @($group.Group | Sort-Object -Property At -Descending)[0]
        $status = if ($last.Result -in $Failed, $Aborted) { 'failed' } elseif ($last.Result -eq $InProgress) { 'installing' } else { $null }
        if ($null -eq $status -or $Now - $last.At -gt $FailureDays * 86400) { continue }
        [pscustomobject]@{ Id = $last.Id; Title = "$($last.Title) ($($last.Code))"; Kind = 'other'; Severity = 'unspecified'; Status = $status }
    }
}

function Get-LastBatch($Attempts) {
    $done = @($Attempts | Where-Object { $_.Result -in $Succeeded, $SucceededWithErrors } | Sort-Object -Property At -Descending)
    if ($done.Count -eq 0) { return }
    $seen = @{}
    foreach ($attempt in $done) {
        if ($done[0].At - $attempt.At -gt $BatchSpanSeconds -or $seen.Count -ge $MaxBatch) { break }
        if (-not $seen.ContainsKey($attempt.Id)) {
            $seen[$attempt.Id] = $true
            $attempt
        }
    }
}

function Get-RegistryValue([string] $Path, [string] $Name) {
    $item = Get-ItemProperty -LiteralPath $Path -Name $Name -ErrorAction SilentlyContinue
    if ($null -eq $item) { return $null }
    $item.$Name
}

# Every place where Windows notes that it wants a restart. `Servicing`: said by what installs updates. The others
# (a rename, a domain join, an installer's leftovers) want a restart too, but no patch explains it.
function Get-RebootSignals {
    $current = 'HKLM:\SOFTWARE\Microsoft\Windows\CurrentVersion'
    $control = 'HKLM:\SYSTEM\CurrentControlSet\Control'
    $netlogon = 'HKLM:\SYSTEM\CurrentControlSet\Services\Netlogon'
    $signals = @(
        @{ Name = 'component_based_servicing'; Servicing = $true; Set = { Test-Path -LiteralPath "$current\Component Based Servicing\RebootPending" } }
        @{ Name = 'windows_update'; Servicing = $true; Set = { Test-Path -LiteralPath "$current\WindowsUpdate\Auto Update\RebootRequired" } }
        @{ Name = 'update_agent'; Servicing = $true; Set = { [bool] (New-Object -ComObject Microsoft.Update.SystemInfo).RebootRequired } }
        @{ Name = 'ccm_client'; Servicing = $true; Set = { Test-CcmReboot } }
        @{ Name = 'file_rename'; Servicing = $false; Set = {
                $first = Get-RegistryValue "$control\Session Manager" 'PendingFileRenameOperations'
                $second = Get-RegistryValue "$control\Session Manager" 'PendingFileRenameOperations2'
                @(@($first) + @($second) | Where-Object { $_ }).Count -gt 0
            }
        }
        @{ Name = 'computer_rename'; Servicing = $false; Set = {
                $active = Get-RegistryValue "$control\ComputerName\ActiveComputerName" 'ComputerName'
                $wanted = Get-RegistryValue "$control\ComputerName\ComputerName" 'ComputerName'
                $active -ne $wanted
            }
        }
        @{ Name = 'domain_join'; Servicing = $false; Set = {
                $join = Get-RegistryValue $netlogon 'JoinDomain'
                $spn = Get-RegistryValue $netlogon 'AvoidSpnSet'
                ($null -ne $join) -or ($null -ne $spn)
            }
        }
    )
    foreach ($signal in $signals) {
        try { $value = & $signal.Set } catch { $value = $null }
        [pscustomobject]@{ Name = $signal.Name; Servicing = $signal.Servicing; Value = $value }
    }
}

# A machine without the Configuration Manager client has no such namespace: then it wants no reboot either.
function Test-CcmReboot {
    if ($null -eq (Get-CimInstance -Namespace root -ClassName __NAMESPACE -Filter "Name='ccm'")) { return $false }
    $answer = Invoke-CimMethod -Namespace 'root\ccm\ClientSDK' -ClassName CCM_ClientUtilities -MethodName DetermineIfRebootPending
    if ($answer.ReturnValue -ne 0) { throw "DetermineIfRebootPending answered $($answer.ReturnValue)" }
    [bool] ($answer.RebootPending -or $answer.IsHardRebootPending)
}

# True when servicing wants a reboot, false when every servicing signal says no, null when one could not be read.
function Get-RebootRequired($Signals) {
    $servicing = @($Signals | Where-Object { $_.Servicing })
    if (@($servicing | Where-Object { $_.Value -eq $true }).Count -gt 0) { return $true }
    if (@($servicing | Where-Object { $null -eq $_.Value }).Count -gt 0) { return $null }
    $false
}

function Invoke-Check([string] $Name, [scriptblock] $Look) {
    try {
        $answer = & $Look
        $Checks[$Name] = 1
        $answer
    } catch {
        Write-Warning "${Name}: $($_.Exception.Message)"
        $Checks[$Name] = 0
    }
}

function Get-Findings {
    $now = ConvertTo-Epoch ([datetime]::UtcNow)
    $script:searcher = $null
    $null = Invoke-Check 'agent' {
        $session = New-Object -ComObject Microsoft.Update.Session
        $session.ClientApplicationID = 'patchhaven-host'
        $script:searcher = $session.CreateUpdateSearcher()
        $script:searcher.Online = [bool] $Online
    }
    $searcher = $script:searcher
    $missing = @(Invoke-Check 'updates' { Get-MissingUpdates $searcher })
    $attempts = @(Invoke-Check 'history' { Get-Attempts $searcher })
    $Checks['failed'] = $Checks['history']
    $signals = @(Get-RebootSignals)
    $required = Get-RebootRequired $signals
    $Checks['reboot'] = if ($null -eq $required) { 0 } else { 1 }
    $scanned = Invoke-Check 'metadata' { (New-Object -ComObject Microsoft.Update.AutoUpdate).Results.LastSearchSuccessDate }
    $system = Get-CimInstance -ClassName Win32_OperatingSystem
    [pscustomobject]@{
        At             = $now
        Os             = $system
        Updates        = @($missing) + @(Get-FailedUpdates $attempts $now)
        Batch          = @(Get-LastBatch $attempts)
        Signals        = $signals
        RebootRequired = $required
        BootAt         = ConvertTo-Epoch $system.LastBootUpTime
        MetadataAt     = if ($Online -and $Checks['updates'] -eq 1) { $now } elseif ($scanned -is [datetime]) { ConvertTo-Epoch $scanned } else { $null }
    }
}

# --- textfile ------------------------------------------------------------------------------------------------------

$Lines = [System.Collections.Generic.List[string]]::new()
$Written = [System.Collections.Generic.HashSet[string]]::new()

# Quotes a label value; what is not printable ASCII cannot break the file.
function ConvertTo-Label([string] $Text) {
    $plain = $Text -replace '[^\x20-\x7e]', ''
    if ($plain.Length -gt 200) { $plain = $plain.Substring(0, 200) }
    '"' + $plain.Replace('\', '\\').Replace('"', '\"') + '"'
}

function Add-Head([string] $Name, [string] $Help) {
    $Lines.Add("# HELP $Name $Help")
    $Lines.Add("# TYPE $Name gauge")
}

function Add-Gauge([string] $Name, [string] $Help, $Value) {
    if ($null -eq $Value) { return }
    Add-Head $Name $Help
    $Lines.Add("$Name $(([long] $Value).ToString($Culture))")
}

# One series twice makes the collector refuse the whole file.
function Add-Series([string] $Series, [long] $Value) {
    if ($Written.Add($Series)) { $Lines.Add("$Series $($Value.ToString($Culture))") }
}

function Add-Report($Found) {
    Add-Gauge 'patchhaven_host_generated_timestamp_seconds' 'When this was found out.' $Found.At
    Add-Head 'patchhaven_host_info' 'This machine and what looked at it.'
    $Lines.Add('patchhaven_host_info{agent="patchhaven-host.ps1",agent_version="' + $AgentVersion + '",manager="windows-update",os=' +
        (ConvertTo-Label $Found.Os.Caption) + ',os_version=' + (ConvertTo-Label $Found.Os.Version) +
        ',host=' + (ConvertTo-Label (Get-HostName)) + ',kernel_running="",kernel_installed=""} 1')
    Add-Head 'patchhaven_host_check_success' 'Whether this could be found out; where it is 0 its series are missing.'
    foreach ($name in @($Checks.Keys | Sort-Object)) { $Lines.Add("patchhaven_host_check_success{check=`"$name`"} $($Checks[$name])") }
    Add-Updates $Found.Updates
    Add-Gauge 'patchhaven_host_metadata_timestamp_seconds' 'When Windows last looked for updates; an older look knows fewer updates.' $Found.MetadataAt
    Add-Gauge 'patchhaven_host_boot_timestamp_seconds' 'When this machine booted.' $Found.BootAt
    $required = if ($null -eq $Found.RebootRequired) { $null } else { [int] $Found.RebootRequired }
    Add-Gauge 'patchhaven_host_reboot_required' 'Whether Windows servicing says that it needs a reboot; absent where it could not be read.' $required
    Add-Head 'patchhaven_host_reboot_signal' 'What says that a reboot is needed; absent where it could not be read.'
    foreach ($signal in $Found.Signals) {
        if ($null -ne $signal.Value) { $Lines.Add("patchhaven_host_reboot_signal{signal=`"$($signal.Name)`"} $([int] $signal.Value)") }
    }
    if ($Found.Batch.Count -eq 0) { return }
    Add-Gauge 'patchhaven_host_last_install_timestamp_seconds' 'When the last update was installed.' $Found.Batch[0].At
    Add-Head 'patchhaven_host_installed_timestamp_seconds' 'When each update of the last batch was installed.'
    foreach ($attempt in $Found.Batch) { Add-Series "patchhaven_host_installed_timestamp_seconds{update=$(ConvertTo-Label $attempt.Id)}" $attempt.At }
}

function Add-Updates($Updates) {
    # One row per update; a failure says more than that it is missing.
    $byId = [ordered]@{}
    foreach ($update in $Updates) {
        if (-not $byId.Contains($update.Id)) { $byId[$update.Id] = $update }
        elseif ($update.Status -eq 'failed' -or $update.Status -eq 'installing') {
            $known = $byId[$update.Id]
            $known.Status = $update.Status
            $known.Title = $update.Title
        }
    }
    $rows = @($byId.Values)
    if ($Checks['updates'] -eq 1) {
        Add-Head 'patchhaven_host_updates' 'Updates by status, and whether they are security updates.'
        foreach ($status in 'failed', 'missing', 'rejected') {
            foreach ($security in $false, $true) {
                $count = @($rows | Where-Object { $_.Status -eq $status -and ($_.Kind -eq 'security') -eq $security }).Count
                $Lines.Add("patchhaven_host_updates{status=`"$status`",security=`"$($security.ToString().ToLowerInvariant())`"} $count")
            }
        }
        Add-Gauge 'patchhaven_host_updates_unlisted' 'Updates beyond those that have a series of their own.' ([Math]::Max(0, $rows.Count - $MaxListed))
    }
    if ($rows.Count -eq 0) { return }
    Add-Head 'patchhaven_host_update_info' 'One update that is missing, hidden, being installed or failed.'
    foreach ($row in @($rows | Select-Object -First $MaxListed)) {
        Add-Series ('patchhaven_host_update_info{update=' + (ConvertTo-Label $row.Id) + ',title=' + (ConvertTo-Label $row.Title) +
            ',kind="' + $row.Kind + '",severity="' + $row.Severity + '",status="' + $row.Status + '"}') 1
    }
}

# A reader sees the old file or the new one, never a part: written beside it, then put in its place. The access rights
# of the file that is replaced stay; a new file has those of its folder.
function Write-Textfile([string] $Path) {
    $text = ($Lines -join "`n") + "`n"
    if ($Path -eq '-') {
        [Console]::Out.Write($text)
        return
    }
    # .NET has a working folder of its own: a relative path means the folder of the caller.
    $Path = $ExecutionContext.SessionState.Path.GetUnresolvedProviderPathFromPSPath($Path)
    $temporary = Join-Path (Split-Path -Parent $Path) ".patchhaven-host.$PID.tmp"
    try {
        [System.IO.File]::WriteAllText($temporary, $text, [System.Text.UTF8Encoding]::new($false))
        if (Test-Path -LiteralPath $Path) { [System.IO.File]::Replace($temporary, $Path, [NullString]::Value) }
        else { [System.IO.File]::Move($temporary, $Path) }
    } catch {
        Remove-Item -LiteralPath $temporary -Force -ErrorAction SilentlyContinue
        Write-Warning "$Path could not be written: $($_.Exception.Message)"
        exit 3
    }
}

# --- events --------------------------------------------------------------------------------------------------------

function New-PatchhavenEvent([string] $Type, [long] $At, $Data) {
    $name = if ($Instance) { $Instance } else { Get-HostName }
    # The same event told twice has the same id.
    $told = [ordered]@{ type = $Type; occurredAt = ConvertTo-Rfc3339 $At; id = "host:${name}:${Type}:$At"; data = $Data }
    if ($Instance) { $told['instance'] = $Instance } else { $told['hostName'] = $name }
    if ($Organization) { $told['organization'] = $Organization }
    $told
}

function Send-Events($Events) {
    if (@($Events).Count -eq 0) { return }
    [Net.ServicePointManager]::SecurityProtocol = [Net.ServicePointManager]::SecurityProtocol -bor [Net.SecurityProtocolType]::Tls12
    $token = (Get-Content -LiteralPath $TokenFile -Raw).Trim()
    $body = [System.Text.Encoding]::UTF8.GetBytes((ConvertTo-Json -InputObject @{ events = @($Events) } -Depth 8 -Compress))
    try {
        $answer = Invoke-RestMethod -Method Post -Uri "$($EventsUrl.TrimEnd('/'))/api/v1/events" -Body $body -TimeoutSec 10 `
            -ContentType 'application/json' -Headers @{ Authorization = "Bearer $token" }
    } catch {
        Write-Warning "the events were not accepted: $($_.Exception.Message)"
        exit 4
    }
    if ($answer.rejected -gt 0) {
        Write-Warning "the events were not accepted: $($answer.results | ConvertTo-Json -Compress -Depth 4)"
        exit 4
    }
}

# What the machine found out just now, for a Patchhaven that does not scrape it.
function Get-FoundEvents($Found) {
    $since = $Found.At - $BatchSpanSeconds
    if ($Found.Batch.Count -gt 0 -and $Found.Batch[0].At -ge $since) {
        $patches = @($Found.Batch | ForEach-Object { @{ id = $_.Id; title = $_.Title } })
        New-PatchhavenEvent 'patch.installed' $Found.Batch[0].At @{ patches = $patches; rebootRequired = ($Found.RebootRequired -eq $true) }
    }
    if ($Found.BootAt -ge $since) {
        New-PatchhavenEvent 'reboot.completed' $Found.BootAt @{ bootAt = ConvertTo-Rfc3339 $Found.BootAt }
    }
}

# --- main ----------------------------------------------------------------------------------------------------------

if ($EventsUrl -and -not ($TokenFile -and (Test-Path -LiteralPath $TokenFile))) { throw '-EventsUrl needs a -TokenFile that can be read' }
if ($Event -and -not $EventsUrl) { throw '-Event needs -EventsUrl' }

if ($Event) {
    if ($IfRebootRequired -and (Get-RebootRequired (Get-RebootSignals)) -ne $true) { exit 0 }
    $data = if ($Event -like 'reboot.*') { @{ reason = $Reason } } else { @{} }
    Send-Events @(New-PatchhavenEvent $Event (ConvertTo-Epoch ([datetime]::UtcNow)) $data)
    exit 0
}
$findings = Get-Findings
Add-Report $findings
Write-Textfile $Output
if ($EventsUrl) { Send-Events @(Get-FoundEvents $findings) }
exit 0
