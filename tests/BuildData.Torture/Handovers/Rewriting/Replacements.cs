using System.Reflection;
using BuildData.Torture.Handovers.Calls;
using Mono.Cecil;

namespace BuildData.Torture.Handovers.Rewriting;

/// <summary>Finds the replacement of a method: by the type, the name and the types of the parameters.</summary>
internal sealed class Replacements
{
    private readonly Dictionary<string, MethodInfo> _methods = [];

    public Replacements()
    {
        foreach (Type type in typeof(Replacements).Assembly.GetTypes())
        {
            foreach (ReplacesAttribute replaced in type.GetCustomAttributes<ReplacesAttribute>())
            {
                foreach (MethodInfo method in type.GetMethods(BindingFlags.Public | BindingFlags.Static))
                    _methods.Add(KeyOf(replaced.Type, method), method);
            }
        }
    }

    /// <summary>Returns the replacement; null if the method is not replaced.</summary>
    public MethodInfo? Find(MethodReference called)
    {
        int outer = (called.DeclaringType as GenericInstanceType)?.GenericArguments.Count ?? 0;
        IEnumerable<string> parameters = called.Parameters.Select(parameter => Shape(parameter.ParameterType, outer));
        string name = called.Name == ".ctor" ? "Create" : called.Name;
        return _methods.GetValueOrDefault($"{called.DeclaringType.GetElementType().FullName}.{name}({string.Join(",", parameters)})");
    }

    private static string KeyOf(Type type, MethodInfo method)
    {
        // An instance method gets its object as the first parameter.
        bool isInstance = method.Name != "Create" && type.GetMember(method.Name, BindingFlags.Public | BindingFlags.Static).Length == 0;
        IEnumerable<string> parameters = method.GetParameters().Skip(isInstance ? 1 : 0).Select(parameter => Shape(parameter.ParameterType));
        return $"{type.FullName!.Replace('+', '/')}.{method.Name}({string.Join(",", parameters)})";
    }

    private static string Shape(Type type) =>
        type.IsByRef ? Shape(type.GetElementType()!) + "&"
        : type.IsGenericMethodParameter ? $"#{type.GenericParameterPosition}"
        : type.IsGenericType ? $"{type.Name}<{string.Join(",", type.GetGenericArguments().Select(Shape))}>"
        : type.Name;

    private static string Shape(TypeReference type, int outer) =>
        type switch
        {
            ByReferenceType reference => Shape(reference.ElementType, outer) + "&",
            GenericParameter { Type: GenericParameterType.Method } parameter => $"#{outer + parameter.Position}",
            GenericParameter parameter => $"#{parameter.Position}",
            GenericInstanceType generic => $"{generic.Name}<{string.Join(",", generic.GenericArguments.Select(argument => Shape(argument, outer)))}>",
            _ => type.Name,
        };
}
