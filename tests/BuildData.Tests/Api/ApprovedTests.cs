using System.Diagnostics.CodeAnalysis;
using BuildData.Stores;

namespace BuildData.Tests;

internal sealed class ApprovedTests
{
    [Test]
    public void Endpoints_AreThoseOfTheList() => Approved.Verify("src/BuildData/Resources/Endpoints", string.Concat(EndpointList.Lines().Select(line => line + "\n")));

    [Test]
    public void AsyncMethods_OfThePublicApi_TakeACancellationTokenLast()
    {
        var methods = typeof(Master).Assembly.GetExportedTypes()
            .SelectMany(type => type.GetMethods())
            .Where(method => method.GetBaseDefinition().DeclaringType!.Assembly == typeof(Master).Assembly
                && typeof(Task).IsAssignableFrom(method.ReturnType)
                && !method.IsSpecialName
                && !typeof(IStoreTransaction).IsAssignableFrom(method.DeclaringType));

        foreach (System.Reflection.MethodInfo method in methods)
            method.GetParameters()[^1].ParameterType.Should().Be<CancellationToken>($"{method.DeclaringType!.Name}.{method.Name} is asynchronous");
    }

    [Test]
    public void Types_OfTheSeamOfStores_AreExperimental()
    {
        Type[] seam = [.. typeof(Master).Assembly.GetExportedTypes().Where(type => type.Namespace == "BuildData.Stores" && !type.IsNested)];

        seam.Should().NotBeEmpty().And.OnlyContain(type => type.IsDefined(typeof(ExperimentalAttribute), false));
    }
}
