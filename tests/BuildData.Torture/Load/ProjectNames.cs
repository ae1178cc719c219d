namespace BuildData.Torture.Load;

/// <summary>The names that tell which project a resource belongs to: <c>project-rest</c>.</summary>
internal static class ProjectNames
{
    /// <summary>Returns the name of the project that a builder, a worker or the reason of a buildset begins with.</summary>
    public static string Of(string name) => name.IndexOf('-', StringComparison.Ordinal) is >= 0 and int end ? name[..end] : name;

    public static string Builder(string project, int number) => $"{project}-b{number}";

    public static string Worker(string project) => $"{project}-worker";

    public static string Reason(string project, string unique) => $"{project}-{unique}";
}
