using System.Diagnostics;
using System.Runtime.Versioning;

namespace BuildData.Tests;

/// <summary>What could take a process with it, tried in a process of its own.</summary>
internal sealed class OwnProcessTests
{
    private TempFolder _folder = null!;

    [SetUp]
    public void MakeFolder() => _folder = new TempFolder();

    [TearDown]
    public void RemoveFolder() => _folder.Dispose();

    [Test]
    public async Task Update_CallersBlockAllThreadsOfThePool_AllAreCompleted()
    {
        await using TestHost host = await TestHost.Start("block", _folder.Database, "64", "500");

        string[] output = await host.Run().WaitAsync(Given.Patience);

        output.Should().Equal("done");
    }

    [Test]
    [Platform("Linux")]
    public async Task Update_NoThreadCanBeStartedWhileCallersBlockThePool_CompletesLater()
    {
        string output = await Run("dotnet", [TestHost.Program, "no-handles", _folder.Database]);

        output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Should().Equal("OutOfMemoryException", "done");
    }

    [Test]
    public async Task LogWriter_CallersBlockAllThreadsOfThePool_AllLinesAreStored()
    {
        await using TestHost host = await TestHost.Start("block-logs", _folder.Database, "8", "2000");

        string[] output = await host.Run().WaitAsync(Given.Patience);

        output.Should().Equal("done");
        await using Master master = await Master.Open(_folder.ConnectionString);
        (await master.Data.GetAll<StepLog>("/steps/1/logs")).Select(log => (log.Complete, log.NumLines)).Should().Equal(Enumerable.Repeat((true, 2000L), 8));
    }

    [Test]
    public async Task Read_AnotherProgramCutsTheFileShort_TheProcessLivesOn()
    {
        string output = await Run("dotnet", [TestHost.Program, "truncate", _folder.Database]);

        output.Should().Contain("alive");
    }

    [Test]
    public async Task OpenReadOnly_FolderCanNotBeWritten_Reads()
    {
        if (!OperatingSystem.IsLinux())
            return;

        await using (Master master = await Master.Open(_folder.ConnectionString))
            await master.Data.Updates.FindBuilderId("linux");

        string output = await ReadAsSomebodyElse();

        output.Trim().Should().Be("1");
    }

    [Test]
    public async Task OpenReadOnly_FolderCanNotBeWrittenAndAnotherWrites_ReadsWhatIsCommitted()
    {
        if (!OperatingSystem.IsLinux())
            return;

        await using Master master = await Master.Open(_folder.ConnectionString);
        await master.Data.Updates.FindBuilderId("linux");
        await master.Data.Updates.FindBuilderId("windows");

        string output = await ReadAsSomebodyElse();

        output.Trim().Should().Be("2");
    }

    /// <summary>Reads the store in a process that may read the folder and its files, but write none of them.</summary>
    [SupportedOSPlatform("linux")]
    private async Task<string> ReadAsSomebodyElse()
    {
        File.SetUnixFileMode(_folder.Path, UnixFileMode.UserRead | UnixFileMode.UserExecute | UnixFileMode.GroupRead | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute);
        if (Environment.UserName != "root")
            return await Run("dotnet", [TestHost.Program, "read", _folder.Database]);

        // The superuser may write every folder, and nobody else may have a right to read the one that the tests are in.
        using var programs = new TempFolder();
        foreach (string file in Directory.GetFiles(AppContext.BaseDirectory).Where(file => Path.GetExtension(file) is ".dll" or ".json"))
            File.Copy(file, programs.File(Path.GetFileName(file)));
        CopyNativeLibrary(programs);
        await Run("chmod", ["-R", "a+rX", programs.Path]);
        return await Run(
            "setpriv", ["--reuid=65534", "--regid=65534", "--clear-groups", "env", $"HOME={programs.Path}", "dotnet", programs.File("BuildData.TestHost.dll"), "read", _folder.Database]);
    }

    private static void CopyNativeLibrary(TempFolder to)
    {
        string from = Path.Combine(AppContext.BaseDirectory, "runtimes");
        foreach (string library in Directory.GetFiles(from, "*e_sqlite3*", SearchOption.AllDirectories).Where(file => file.Contains("linux", StringComparison.Ordinal)))
        {
            string target = to.File(Path.Combine("runtimes", Path.GetRelativePath(from, library)));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(library, target);
        }
    }

    private static async Task<string> Run(string program, IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        using Process process = Process.Start(start)!;
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string output = await process.StandardOutput.ReadToEndAsync().WaitAsync(Given.Patience);
        await process.WaitForExitAsync();
        return output + await errors;
    }
}
