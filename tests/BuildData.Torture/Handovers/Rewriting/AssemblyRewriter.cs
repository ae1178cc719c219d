using System.Collections.Concurrent;
using System.Reflection;
using BuildData.Torture.Handovers.Calls;
using BuildData.Torture.Handovers.Control;
using Mono.Cecil;
using Mono.Cecil.Cil;
using Mono.Cecil.Rocks;

namespace BuildData.Torture.Handovers.Rewriting;

/// <summary>
/// Rewrites an assembly so that an <see cref="Explorer"/> controls its threads: puts a preemption point before each operation that other
/// threads can observe, and replaces the operations that wait, that use other threads, or that read the clock.
/// </summary>
internal sealed class AssemblyRewriter
{
    private static readonly HashSet<string> SharedTypes =
    [
        "System.Threading.Interlocked",
        "System.Threading.Volatile",
        "System.Threading.Tasks.TaskCompletionSource",
        "System.Threading.Tasks.TaskCompletionSource`1",
        "System.Threading.CancellationTokenSource",
        "System.Threading.CancellationToken",
        "System.Threading.Channels.ChannelReader`1",
        "System.Threading.Channels.ChannelWriter`1",
        "System.Collections.Concurrent.ConcurrentQueue`1",
        "System.Collections.Concurrent.ConcurrentStack`1",
        "System.Collections.Concurrent.ConcurrentBag`1",
        "System.Collections.Concurrent.ConcurrentDictionary`2",
        "System.Threading.SemaphoreSlim",
        "System.Threading.Lock",
        "System.Threading.Monitor",
    ];

    private static readonly MethodInfo Point = typeof(Explorer).GetMethod(nameof(Explorer.Point))!;

    private readonly Replacements _replacements = new();
    private readonly ConcurrentDictionary<TypeDefinition, bool> _synchronising = [];

    /// <summary>Gets the number of preemption points in all rewritten assemblies.</summary>
    public int PointCount { get; private set; }

    /// <summary>Rewrites an assembly.</summary>
    /// <param name="file">The file of the assembly.</param>
    /// <param name="includes">Returns whether the code of a type is rewritten.</param>
    /// <returns>The rewritten assembly and its symbols.</returns>
    public (MemoryStream Assembly, MemoryStream Symbols) Rewrite(string file, Func<TypeDefinition, bool> includes)
    {
        using var resolver = new DefaultAssemblyResolver();
        resolver.AddSearchDirectory(Path.GetDirectoryName(file));
        foreach (string directory in ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator).Select(Path.GetDirectoryName).OfType<string>().Distinct())
            resolver.AddSearchDirectory(directory);
        using AssemblyDefinition assembly = AssemblyDefinition.ReadAssembly(file, new ReaderParameters { AssemblyResolver = resolver, ReadSymbols = true });
        foreach (TypeDefinition type in assembly.MainModule.GetTypes().Where(includes))
        {
            foreach (MethodDefinition method in type.Methods.Where(method => method.HasBody && !(method.IsConstructor && method.IsStatic)))
                Rewrite(method);
        }

        var code = new MemoryStream();
        var symbols = new MemoryStream();
        assembly.Write(code, new WriterParameters { WriteSymbols = true, SymbolStream = symbols, SymbolWriterProvider = new PortablePdbWriterProvider() });
        return (new MemoryStream(code.ToArray()), new MemoryStream(symbols.ToArray()));
    }

    private void Rewrite(MethodDefinition method)
    {
        method.Body.SimplifyMacros();
        ILProcessor il = method.Body.GetILProcessor();
        foreach (Instruction instruction in method.Body.Instructions.ToArray())
        {
            switch (instruction.Operand)
            {
                case MethodReference called when instruction.OpCode.Code is Code.Call or Code.Callvirt or Code.Newobj:
                    RewriteCall(il, method, instruction, called);
                    break;
                case FieldReference field when instruction.OpCode.Code is Code.Ldfld or Code.Stfld or Code.Ldsfld or Code.Stsfld && IsShared(field, method):
                    AddPoint(il, method, instruction, field.Name);
                    break;
            }
        }

        method.Body.OptimizeMacros();
    }

    private void RewriteCall(ILProcessor il, MethodDefinition method, Instruction instruction, MethodReference called)
    {
        // The code after an await is to be posted to the context of the explorer, which is the same for all threads.
        if (called.Name == "ConfigureAwait")
        {
            bool isFlag = called.Parameters[^1].ParameterType.Name == nameof(Boolean);
            InsertBefore(il, instruction, isFlag ? il.Create(OpCodes.Pop) : null, il.Create(OpCodes.Ldc_I4_1), isFlag ? null : il.Create(OpCodes.Or));
            return;
        }

        if (called.FullName == "System.Void System.IDisposable::Dispose()" && FindDispose(instruction) is { } dispose)
        {
            instruction.OpCode = OpCodes.Call;
            instruction.Operand = method.Module.ImportReference(dispose);
            return;
        }

        // The generated code of an await asks only for the results of completed tasks.
        bool isAwait = called.Name == "GetResult" && method is { Name: "MoveNext", DeclaringType: var type } && type.Name.Contains('<', StringComparison.Ordinal);
        if (!isAwait && _replacements.Find(called) is { } replacement)
        {
            instruction.OpCode = OpCodes.Call;
            instruction.Operand = Import(method.Module, replacement, called);
            return;
        }

        // What SQLite runs changes what other connections see.
        if (called.Name is "sqlite3_step" or "sqlite3_wal_checkpoint_v2" || (SharedTypes.Contains(called.DeclaringType.GetElementType().FullName) && called.Name != ".ctor"))
            AddPoint(il, method, instruction, $"{called.DeclaringType.Name}.{called.Name}");
    }

    /// <summary>Returns the replacement of a <c>using</c> statement on one of the types of cancellation; null for another type.</summary>
    private static MethodInfo? FindDispose(Instruction call)
    {
        if (call.Previous is { OpCode.Code: Code.Constrained, Operand: TypeReference { Name: nameof(CancellationTokenRegistration) } } prefix)
        {
            (prefix.OpCode, prefix.Operand) = (OpCodes.Nop, null);
            return typeof(CancellationRegistrationCalls).GetMethod(nameof(CancellationRegistrationCalls.Dispose));
        }

        TypeReference? disposed = call.Previous?.Operand switch
        {
            FieldReference field => field.FieldType,
            VariableDefinition variable => variable.VariableType,
            _ => null,
        };
        return disposed?.Name == nameof(CancellationTokenSource) ? typeof(CancellationCalls).GetMethod(nameof(CancellationCalls.Dispose)) : null;
    }

    private static MethodReference Import(ModuleDefinition module, MethodInfo replacement, MethodReference called)
    {
        MethodReference imported = module.ImportReference(replacement);
        if (!replacement.IsGenericMethodDefinition)
            return imported;

        var instance = new GenericInstanceMethod(imported);
        foreach (TypeReference argument in (called.DeclaringType as GenericInstanceType)?.GenericArguments ?? [])
            instance.GenericArguments.Add(argument);
        foreach (TypeReference argument in (called as GenericInstanceMethod)?.GenericArguments ?? [])
            instance.GenericArguments.Add(argument);
        return instance;
    }

    /// <summary>Returns whether several threads may use a field: it can be written after construction, and its class synchronises.</summary>
    private bool IsShared(FieldReference reference, MethodDefinition user)
    {
        if (user.IsConstructor || reference.Resolve() is not { IsInitOnly: false, IsLiteral: false } field || field.Name.Contains('<', StringComparison.Ordinal) && !field.Name.EndsWith("k__BackingField", StringComparison.Ordinal))
            return false;
        return ReferenceEquals(field.Module, user.Module) && !field.DeclaringType.Name.Contains('<', StringComparison.Ordinal) && _synchronising.GetOrAdd(field.DeclaringType, Synchronises);
    }

    private static bool Synchronises(TypeDefinition type) =>
        type.Fields.Any(field => IsSynchronisation(field.FieldType))
        || type.Methods.Where(method => method.HasBody).Any(method => method.Body.Instructions.Any(instruction =>
            instruction.Operand is MethodReference called && called.DeclaringType.GetElementType().FullName is "System.Threading.Interlocked" or "System.Threading.Volatile"));

    private static bool IsSynchronisation(TypeReference type) =>
        SharedTypes.Contains(type.GetElementType().FullName) || (type is RequiredModifierType modified && modified.ModifierType.Name == "IsVolatile");

    private void AddPoint(ILProcessor il, MethodDefinition method, Instruction instruction, string operation)
    {
        PointCount++;
        MethodReference point = method.Module.ImportReference(Point);
        InsertBefore(il, instruction, il.Create(OpCodes.Ldstr, $"{NameOf(method)}: {operation}"), il.Create(OpCodes.Call, point));
    }

    private static string NameOf(MethodDefinition method)
    {
        TypeDefinition type = method.DeclaringType;
        string name = method.Name;
        for (; type.DeclaringType is not null && type.Name.StartsWith('<'); type = type.DeclaringType)
            name = type.Name.StartsWith("<>", StringComparison.Ordinal) ? name : type.Name[1..type.Name.IndexOf('>', StringComparison.Ordinal)];
        return $"{type.Name}.{name}";
    }

    /// <summary>Inserts instructions so that a jump to the instruction runs them too.</summary>
    private static void InsertBefore(ILProcessor il, Instruction instruction, params Instruction?[] added)
    {
        // A prefix belongs to the instruction that follows it.
        while (instruction.Previous is { OpCode.OpCodeType: OpCodeType.Prefix } prefix)
            instruction = prefix;

        Instruction[] inserted = [.. added.OfType<Instruction>()];
        Instruction moved = il.Create(OpCodes.Nop);
        (moved.OpCode, moved.Operand) = (instruction.OpCode, instruction.Operand);
        (instruction.OpCode, instruction.Operand) = (inserted[0].OpCode, inserted[0].Operand);
        Instruction last = instruction;
        foreach (Instruction next in inserted[1..])
        {
            il.InsertAfter(last, next);
            last = next;
        }

        il.InsertAfter(last, moved);
    }
}
