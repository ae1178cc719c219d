using System.Reflection;

namespace BuildData.Analyzers;

/// <summary>Creates the links to the documentation of rules.</summary>
internal static class HelpLinks
{
    // The address that the packages show as the project's.
    private static readonly string ProjectUrl = typeof(HelpLinks).GetTypeInfo().Assembly
        .GetCustomAttributes<AssemblyMetadataAttribute>()
        .First(metadata => metadata.Key == "ProjectUrl").Value ?? "";

    /// <summary>Returns the address of a rule's documentation; an empty text if the project has no address.</summary>
    public static string Of(string id) => Of(id, ProjectUrl);

    internal static string Of(string id, string projectUrl) =>
        projectUrl.Length == 0 ? "" : $"{projectUrl}/blob/main/src/docs/analyzers.md#{id.ToLowerInvariant()}";
}
