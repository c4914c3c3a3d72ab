namespace Orleans;

/// <summary>Marks a type whose values cross a grain call. The Local runtime generates nothing for it.</summary>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Struct | AttributeTargets.Enum)]
public sealed class GenerateSerializerAttribute : Attribute;
