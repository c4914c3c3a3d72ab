using System.Reflection;

namespace ImOrleans.LocalRuntime.Tests;

/// <summary>
/// Holds what grain code can see inside what Orleans has. Each line of OrleansSurface.txt was compared with
/// the Orleans 10.4.2 assemblies; a new line must be, too, before it is added.
/// </summary>
public sealed class SurfaceTests
{
    private const BindingFlags Members = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance
        | BindingFlags.Static | BindingFlags.DeclaredOnly;

    [Fact]
    public void Grain_code_sees_what_Orleans_has_and_no_more()
    {
        Assert.Equal(File.ReadAllLines(Path.Combine(AppContext.BaseDirectory, "OrleansSurface.txt")), Surface());
    }

    private static IEnumerable<string> Surface() =>
        typeof(Grain).Assembly.GetExportedTypes()
            .Where(static type => type.Namespace!.StartsWith("Orleans", StringComparison.Ordinal))
            .SelectMany(static type => Lines(type).Prepend($"T {NameOf(type)}"))
            .Order(StringComparer.Ordinal);

    private static IEnumerable<string> Lines(Type type) =>
        type.GetMembers(Members).Where(IsVisible).Select(member => member switch
        {
            MethodBase method => $"M {NameOf(type)}.{method.Name}({Parameters(method)}){Result(method)}",
            FieldInfo field => $"F {NameOf(type)}.{field.Name}:{NameOf(field.FieldType)}",
            _ => $"P {NameOf(type)}.{member.Name}",
        });

    private static bool IsVisible(MemberInfo member) =>
        member switch
        {
            MethodBase method => method.IsPublic || method.IsFamily || method.IsFamilyOrAssembly,
            FieldInfo field => field.IsPublic || field.IsFamily,
            _ => false,
        };

    private static string Parameters(MethodBase method) =>
        string.Join(", ", method.GetParameters().Select(static parameter =>
            $"{NameOf(parameter.ParameterType)} {parameter.Name}{(parameter.HasDefaultValue ? "?" : "")}"));

    private static string Result(MethodBase method) =>
        method is MethodInfo { ReturnType: var type } ? $":{NameOf(type)}" : "";

    private static string NameOf(Type type)
    {
        if (type.IsGenericParameter)
        {
            return type.Name;
        }

        if (type.HasElementType)
        {
            return NameOf(type.GetElementType()!) + (type.IsArray ? "[]" : "&");
        }

        return type.IsGenericType
            ? $"{type.GetGenericTypeDefinition().FullName}<{string.Join(',', type.GetGenericArguments().Select(NameOf))}>"
            : type.FullName ?? type.Name;
    }
}
