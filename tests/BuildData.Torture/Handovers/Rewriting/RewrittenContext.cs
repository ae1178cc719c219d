using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.Loader;
using Mono.Cecil;

namespace BuildData.Torture.Handovers.Rewriting;

/// <summary>Holds rewritten copies of the library and of the scenarios, beside the originals that the process has loaded.</summary>
internal sealed class RewrittenContext : AssemblyLoadContext
{
    private static readonly string[] Library = ["BuildData", "BuildData.PostgreSql"];

    private readonly Dictionary<string, Assembly> _rewritten = [];

    /// <summary>Rewrites and loads the library, this program, and an assembly with further scenarios.</summary>
    public RewrittenContext(Assembly? more)
        : base("explored")
    {
        var rewriter = new AssemblyRewriter();
        foreach (string name in Library)
            Add(rewriter, Path.Combine(AppContext.BaseDirectory, name + ".dll"), static _ => true);
        Add(rewriter, typeof(RewrittenContext).Assembly.Location, IsScenario);
        if (more is not null)
            Add(rewriter, more.Location, IsScenario);
        PointCount = rewriter.PointCount;
        foreach (string name in Library)
            RunStaticConstructors(_rewritten[name]);
    }

    /// <summary>Gets the number of preemption points.</summary>
    public int PointCount { get; }

    /// <summary>Returns the rewritten copy of an assembly.</summary>
    public Assembly Rewritten(Assembly original) => _rewritten[original.GetName().Name!];

    protected override Assembly? Load(AssemblyName assemblyName) => _rewritten.GetValueOrDefault(assemblyName.Name!);

    // The explorer itself must not be rewritten.
    private static bool IsScenario(TypeDefinition type)
    {
        while (type.DeclaringType is not null)
            type = type.DeclaringType;
        return type.Namespace.EndsWith(".Scenarios", StringComparison.Ordinal);
    }

    private void Add(AssemblyRewriter rewriter, string file, Func<TypeDefinition, bool> includes)
    {
        (MemoryStream assembly, MemoryStream symbols) = rewriter.Rewrite(file, includes);
        _rewritten.Add(Path.GetFileNameWithoutExtension(file), LoadFromStream(assembly, symbols));
    }

    // A thread that is interrupted in a static constructor would block all others, without the explorer's knowledge.
    private static void RunStaticConstructors(Assembly assembly)
    {
        foreach (Type type in assembly.GetTypes().Where(type => !type.ContainsGenericParameters))
            RuntimeHelpers.RunClassConstructor(type.TypeHandle);
    }
}
