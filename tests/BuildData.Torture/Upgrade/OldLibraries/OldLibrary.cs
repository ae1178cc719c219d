using System.Diagnostics;
using BuildData.Torture.Load;

namespace BuildData.Torture.Upgrade.OldLibraries;

/// <summary>An older version of the library, built from the history of the repository.</summary>
/// <param name="Kind">The kind of store that is used.</param>
/// <param name="Version">The schema version that it writes.</param>
/// <param name="Commit">The last commit that writes this version.</param>
internal sealed record OldLibrary(StoreKind Kind, long Version, string Commit)
{
    /// <summary>Gets the last commit of each version that came before the newest one.</summary>
    public static IReadOnlyList<OldLibrary> All { get; } =
    [
        new(StoreKind.Sqlite, 1, "ee92c08"), new(StoreKind.Sqlite, 2, "547d7b0"), new(StoreKind.Sqlite, 3, "790b3cf"), new(StoreKind.Sqlite, 4, "1441ff1"),
        new(StoreKind.Sqlite, 5, "7d7f0e5"), new(StoreKind.Sqlite, 6, "31bbf92"), new(StoreKind.PostgreSql, 1, "2c2588c"), new(StoreKind.PostgreSql, 2, "790b3cf"),
        new(StoreKind.PostgreSql, 3, "8d559d0"), new(StoreKind.PostgreSql, 4, "1441ff1"), new(StoreKind.PostgreSql, 5, "7d7f0e5"), new(StoreKind.PostgreSql, 6, "31bbf92"),
    ];

    /// <summary>Returns the folder of the repository; null if this program does not run in one that has the history.</summary>
    public static async Task<string?> FindRepository()
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (Path.Exists(Path.Combine(folder.FullName, ".git")))
                return await Run(new ProcessStartInfo("git", ["-C", folder.FullName, "cat-file", "-e", All[0].Commit]), mayFail: true) is null ? null : folder.FullName;
        }

        return null;
    }

    /// <summary>Builds the library and a program that uses it.</summary>
    /// <param name="repository">The repository.</param>
    /// <param name="folder">A folder for the source and the program.</param>
    /// <returns>The path of the program.</returns>
    public async Task<string> Build(string repository, string folder)
    {
        string source = Directory.CreateDirectory(Path.Combine(folder, $"{Commit}-{Kind}")).FullName;
        string archive = Path.Combine(source, "source.tar");
        await Run(new ProcessStartInfo("git", ["-C", repository, "archive", "--format=tar", $"--output={archive}", Commit]));
        await Run(new ProcessStartInfo("tar", ["-xf", archive, "-C", source]));
        string program = Directory.CreateDirectory(Path.Combine(source, "tests", "Old")).FullName;
        File.Copy(Path.Combine(AppContext.BaseDirectory, "Upgrade", "OldLibraries", "OldProgram.txt"), Path.Combine(program, "Program.cs"));
        string library = Kind == StoreKind.Sqlite ? "BuildData" : "BuildData.PostgreSql";
        string constants = $"{(Kind == StoreKind.PostgreSql ? "POSTGRESQL;" : "")}{(Kind == StoreKind.PostgreSql || Version > 1 ? "EVENTS" : "")}";
        await File.WriteAllTextAsync(
            Path.Combine(program, "Old.csproj"),
            $"""
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup>
                <OutputType>Exe</OutputType>
                <DefineConstants>{constants}</DefineConstants>
                <EnforceCodeStyleInBuild>false</EnforceCodeStyleInBuild>
                <GenerateDocumentationFile>false</GenerateDocumentationFile>
                <RunAnalyzers>false</RunAnalyzers>
              </PropertyGroup>
              <ItemGroup>
                <ProjectReference Include="../../src/{library}/{library}.csproj" />
              </ItemGroup>
            </Project>
            """);
        string output = Path.Combine(source, "out");
        await Run(new ProcessStartInfo("dotnet", ["build", program, "-nologo", "-v", "q", "-o", output, "-p:TreatWarningsAsErrors=false", "-p:RunAnalyzers=false", "-p:NuGetAudit=false"]));
        return Path.Combine(output, "Old.dll");
    }

    /// <summary>Runs the program.</summary>
    /// <param name="program">The path that <see cref="Build"/> has returned.</param>
    /// <param name="command"><c>write</c> or <c>open</c>.</param>
    /// <param name="store">The path or the connection string.</param>
    /// <returns>The answers by path; the error by the word <c>error</c>.</returns>
    public static async Task<IReadOnlyDictionary<string, string>> Use(string program, string command, string store) =>
        (await Run(new ProcessStartInfo("dotnet", [program, command, store])))!.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => line.Split('\t', 2)).ToDictionary(parts => parts[0], parts => parts[1]);

    private static async Task<string?> Run(ProcessStartInfo start, bool mayFail = false)
    {
        start.RedirectStandardOutput = true;
        start.RedirectStandardError = true;
        using Process process = Process.Start(start)!;
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return process.ExitCode == 0 ? output
            : mayFail ? null
            : throw new InvalidOperationException($"{start.FileName} {string.Join(' ', start.ArgumentList)} has failed: {output}{await errors}");
    }
}
